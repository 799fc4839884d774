"""Makes tests/golden/hub/: what the Hub's checkpoints hold, and answers of networks that name it otherwise.

`digests.txt` has a line for each checkpoint: our name, timm's, and the FNV-1a hash of a list of all names
and shapes. Where they are not ours, NAME.txt is that list. Counts of training steps are left out. Of two
such networks NAME-seedS-HxW.safetensors has timm's answer to synthetic weights, which follow from the names
that timm has for them.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

import atomic
import hub
import synthetic
import tensor_file
from zoo import ZOO

Shapes = dict[str, tuple[int, ...]]

# Small, since timm's VGG shrinks its answer only where the image is smaller than 224 pixels.
ANSWERS = {"mobilenet_v2": (65, 47), "vgg11": (64, 48)}
SEED = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/hub"), help="a folder")
    folder: Path = parser.parse_args().output
    torch.set_num_threads(1)

    digests = []
    for name, checkpoint in hub.CHECKPOINTS.items():
        with torch.device("meta"):
            theirs, ours = shapes(hub.build(name)), shapes(ZOO[name].build())
        lines = (f"{tensor} {'x'.join(map(str, shape))}\n" for tensor, shape in theirs.items())
        listing = "".join(lines)
        digests.append(f"{name} {checkpoint} {synthetic.fnv1a64(listing):016x}\n")
        if not theirs.items() <= ours.items():
            atomic.write(folder / f"{name}.txt", listing.encode())
    atomic.write(folder / "digests.txt", "".join(digests).encode())
    for name, size in ANSWERS.items():
        write_answer(folder, name, size)


def shapes(model: torch.nn.Module) -> Shapes:
    return {
        name: tuple(tensor.shape)
        for name, tensor in sorted(model.state_dict().items())
        if not name.endswith("num_batches_tracked")
    }


@torch.inference_mode()
def write_answer(folder: Path, name: str, size: tuple[int, int]) -> None:
    model = hub.build(name)
    state = model.state_dict()
    for tensor, shape in shapes(model).items():
        state[tensor].copy_(torch.from_numpy(synthetic.tensor(tensor, shape, SEED)))
    images = synthetic.network_input((1, 3, *size), SEED)
    output = model.double().eval()(torch.from_numpy(images).double()).numpy()
    if not np.isfinite(output).all():
        raise SystemExit(f"error: {name} does not give finite numbers")
    metadata = {
        "framework": "timm",
        "version": version("timm"),
        "model": name,
        "seed": str(SEED),
        "input": "x".join(map(str, images.shape)),
    }
    file = f"{name}-seed{SEED}-{size[0]}x{size[1]}.safetensors"
    atomic.write(folder / file, tensor_file.encode({"output": output}, metadata))


if __name__ == "__main__":
    main()
