"""Makes src/zoo/torchvision_files.txt: the file of the first weights that torchvision published of each network.

The name of a file ends in the beginning of its SHA-256.
"""

import argparse
from pathlib import Path, PurePosixPath

from torchvision.models import get_model_weights

import atomic
from zoo import ZOO

# Where all of them are.
FOLDER = "https://download.pytorch.org/models"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("src/zoo/torchvision_files.txt"))
    output: Path = parser.parse_args().output

    names = [name for name, reference in ZOO.items() if reference.framework == "torchvision"]
    atomic.write(output, "".join(f"{name} {file(name)}\n" for name in sorted(names)).encode())


def file(network: str) -> str:
    first = next(iter(get_model_weights(network)))
    address = PurePosixPath(first.url)
    assert first.url == f"{FOLDER}/{address.name}", first.url
    return address.name


if __name__ == "__main__":
    main()
