"""Makes tests/golden/torchvision.json: how torchvision evaluates the first weights that it published of each network."""

import argparse
import json
from functools import partial
from importlib.metadata import version
from pathlib import Path

from torchvision.models import WeightsEnum, get_model_weights

import atomic
from zoo import ZOO

# Their weights go with `transform_input`, which does a part of the preprocessing inside the network.
TRANSFORMING = ("googlenet", "inception_v3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/torchvision.json"))
    output: Path = parser.parse_args().output

    names = [
        name
        for name, reference in ZOO.items()
        if reference.framework == "torchvision" and name not in TRANSFORMING
    ]
    lines = [f'  "{name}": {json.dumps(config(get_model_weights(name)))}' for name in sorted(names)]
    models = ",\n".join(lines)
    text = f'{{"torchvision": "{version("torchvision")}", "models": {{\n{models}\n}}}}\n'
    atomic.write(output, text.encode())


def config(weights: type[WeightsEnum]) -> dict[str, object]:
    first = weights["IMAGENET1K_V1"]
    assert isinstance(first.transforms, partial)
    preset = first.transforms()
    return {
        "resize": preset.resize_size[0],
        "interpolation": preset.interpolation.value,
        "crop": [preset.crop_size[0]] * 2,
        "mean": preset.mean,
        "std": preset.std,
    }


if __name__ == "__main__":
    main()
