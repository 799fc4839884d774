"""Trains LeNet-5 on MNIST digits and makes weights/lenet5.safetensors."""

import argparse
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import atomic
import mnist
import tensor_file
from lenet5 import LeNet5

MEAN, STD = 0.1307, 0.3081
REQUIRED = 0.98


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("weights/lenet5.safetensors"))
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train, held_out = mnist.load()
    model = LeNet5()
    fit(model, pixels(train), torch.from_numpy(train.labels), arguments.epochs)

    right = accuracy(model, pixels(held_out), torch.from_numpy(held_out.labels))
    print(f"{right:.2%} of the {len(held_out.labels)} digits held out are read correctly")
    if right < REQUIRED:
        raise SystemExit(f"error: less than {REQUIRED:.0%}, nothing written")
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    metadata = {"model": "lenet5", "source": f"trained on {mnist.PACKAGE} (npm)"}
    atomic.write(arguments.output, tensor_file.encode(weights, metadata))


def pixels(digits: mnist.Digits) -> Tensor:
    return torch.from_numpy(digits.images)[:, None].float() / 255


def normalise(images: Tensor) -> Tensor:
    return (images - MEAN) / STD


def fit(model: nn.Module, images: Tensor, labels: Tensor, epochs: int, batch: int = 64) -> None:
    steps = epochs * math.ceil(len(images) / batch)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(images)).split(batch):
            scores = model(normalise(moved(images[chosen])))
            loss = F.cross_entropy(scores, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(images):.4f}")


def moved(images: Tensor) -> Tensor:
    """Each digit turned, slanted, resized and shifted at random: eight thousand are few."""

    def spread(limit: float) -> Tensor:
        return (torch.rand(len(images)) * 2 - 1) * limit

    angle, slant = spread(math.radians(12)), spread(0.2)
    scale_x, scale_y = 1 + spread(0.15), 1 + spread(0.15)
    cos, sin = torch.cos(angle), torch.sin(angle)
    rows = [
        torch.stack([scale_x * cos, slant - sin, spread(0.15)], dim=1),
        torch.stack([sin, scale_y * cos, spread(0.15)], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


@torch.inference_mode()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    model.eval()
    return (model(normalise(images)).argmax(dim=1) == labels).double().mean().item()


if __name__ == "__main__":
    main()
