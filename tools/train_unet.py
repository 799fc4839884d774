"""Trains a narrow U-Net to find the cells of generated pictures and makes weights/unet_small.safetensors."""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import atomic
import cells
import half
import tensor_file
from unet import UNet

WIDTH = 8
# Of the pictures made; networks see parts of them, whose sides are mostly no multiples of 16.
SIDE, SMALLEST = 128, 80
REQUIRED = 0.93


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("weights/unet_small.safetensors"))
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    model = UNet(bilinear=False, width=WIDTH).to(memory_format=torch.channels_last)
    made = [cells.picture(cells.TRAIN, index, (SIDE, SIDE)) for index in range(arguments.pictures)]
    print(f"{len(made)} pictures made")
    fit(model, pixels([picture.image for picture in made]), masks(made), arguments.steps)

    weights = half.tensors(
        {
            name: tensor.numpy()
            for name, tensor in model.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
    )
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    held_out = cells.held_out()
    found = [mask(model, picture.image) for picture in held_out]
    reached = intersection_over_union(found, [picture.mask for picture in held_out])
    print(f"intersection over union of {len(held_out)} pictures held out: {reached:.4f}")
    if reached < REQUIRED:
        raise SystemExit(f"error: less than {REQUIRED}, nothing written")
    metadata = {"model": "unet_small", "source": "trained on pictures of tools/cells.py"}
    atomic.write(arguments.output, tensor_file.encode(weights, metadata))


def pixels(images: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)


def masks(pictures: list[cells.Picture]) -> Tensor:
    return torch.from_numpy(np.stack([picture.mask for picture in pictures]))


def fit(model: nn.Module, images: Tensor, masks: Tensor, steps: int, batch: int = 16) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=steps)
    model.train()
    total = 0.0
    for step in range(1, steps + 1):
        chosen = torch.randint(len(images), (batch,))
        part = Part.random()
        scores = model(part.of(images[chosen]).float() / 255)
        truth = part.of(masks[chosen]).long()
        loss = F.cross_entropy(scores, truth) + overlap_loss(scores, truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 50 == 0:
            print(f"step {step} of {steps}: loss {total / 50:.4f}", flush=True)
            total = 0.0


class Part:
    """A rectangle of a picture, one of eight ways round."""

    def __init__(self, rows: slice, columns: slice, turns: int, mirrored: bool) -> None:
        self.rows, self.columns, self.turns, self.mirrored = rows, columns, turns, mirrored

    @staticmethod
    def random() -> "Part":
        def span() -> slice:
            size = int(torch.randint(SMALLEST, SIDE + 1, ()))
            start = int(torch.randint(SIDE - size + 1, ()))
            return slice(start, start + size)

        turns, mirrored = int(torch.randint(4, ())), bool(torch.randint(2, ()))
        return Part(span(), span(), turns, mirrored)

    def of(self, images: Tensor) -> Tensor:
        part = images[..., self.rows, self.columns].rot90(self.turns, (-2, -1))
        return part.flip(-1) if self.mirrored else part


def overlap_loss(scores: Tensor, truth: Tensor) -> Tensor:
    """One minus the Dice coefficient, with probabilities for the mask: small cells count too."""
    found = scores.softmax(dim=1)[:, 1]
    return 1 - (2 * (found * truth).sum() + 1) / (found.sum() + truth.sum() + 1)


@torch.inference_mode()
def mask(model: nn.Module, image: np.ndarray) -> np.ndarray:
    model.eval()
    dtype = next(model.parameters()).dtype
    scores = model(pixels([image]).to(dtype) / 255)
    return (scores.argmax(dim=1)[0] == 1).numpy()


def intersection_over_union(found: list[np.ndarray], truth: list[np.ndarray]) -> float:
    """Over the pixels of all pictures, so that one without cells counts by what is found wrongly."""
    both = sum(int((a & b).sum()) for a, b in zip(found, truth, strict=True))
    either = sum(int((a | b).sum()) for a, b in zip(found, truth, strict=True))
    return both / either


if __name__ == "__main__":
    main()
