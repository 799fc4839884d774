"""Makes the photographs in samples/ from those that scikit-image carries."""

import argparse
from pathlib import Path

import atomic
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


if __name__ == "__main__":
    main()
