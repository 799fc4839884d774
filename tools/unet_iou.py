"""Measures the accuracy of weights/unet_small.safetensors, in PyTorch and with `menagerie segment`."""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import safetensors.numpy
import torch
from PIL import Image

import cells
from train_unet import WIDTH, intersection_over_union, mask
from unet import UNet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("weights/unet_small.safetensors"))
    parser.add_argument("--menagerie", type=Path, default=Path("target/release/menagerie"))
    parser.add_argument("--pictures", type=int, default=200)
    arguments = parser.parse_args()

    weights = safetensors.numpy.load_file(arguments.weights)
    model = UNet(bilinear=False, width=WIDTH).double()
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    held_out = cells.held_out(arguments.pictures)
    truth = [picture.mask for picture in held_out]
    references = [mask(model, picture.image) for picture in held_out]
    found = [marked(arguments.menagerie, arguments.weights, picture.image) for picture in held_out]

    different = sum(int((a != b).sum()) for a, b in zip(references, found, strict=True))
    print(f"{len(truth)} pictures held out, {sum(mask.size for mask in truth)} pixels")
    print(f"PyTorch, float64: intersection over union {intersection_over_union(references, truth):.4f}")
    print(f"menagerie segment: intersection over union {intersection_over_union(found, truth):.4f}")
    print(f"pixels that the two mark differently: {different}")


def marked(menagerie: Path, weights: Path, image: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        photo, written = Path(folder) / "photo.png", Path(folder) / "mask.png"
        photo.write_bytes(cells.png(image))
        command = [menagerie, "segment", photo, "--output", written, "--weights", weights]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        levels = np.array(Image.open(written))
    if levels.dtype != np.uint8 or levels.shape != image.shape[:2] or set(np.unique(levels)) - {0, 255}:
        raise SystemExit("error: the mask is no black and white picture of the photo's size")
    return levels == 255


if __name__ == "__main__":
    main()
