"""Makes tests/golden/torchvision.json: the weights that torchvision published of each network, and how it evaluates them."""

import argparse
import json
from functools import partial
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from torchvision.models import WeightsEnum, get_model_weights

import atomic
from zoo import ZOO

# Their weights go with `transform_input`, which does a part of the preprocessing inside the network.
TRANSFORMING = ("googlenet", "inception_v3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/torchvision.json"))
    output: Path = parser.parse_args().output

    names = [name for name, reference in ZOO.items() if reference.framework == "torchvision"]
    lines = [f'  "{name}": {json.dumps(model(name))}' for name in sorted(names)]
    models = ",\n".join(lines)
    text = f'{{"torchvision": "{version("torchvision")}", "models": {{\n{models}\n}}}}\n'
    atomic.write(output, text.encode())


def model(name: str) -> dict[str, object]:
    # Those without a classifier are features for another task.
    weights = [one for one in get_model_weights(name) if not one.name.endswith("FEATURES")]
    transforming = name in TRANSFORMING
    return {
        # Billions of multiply-adds at the size of the first weights.
        "gmacs": weights[0].meta["_ops"],
        "weights": {
            one.name: {"file": PurePosixPath(one.url).stem}
            | ({} if transforming else evaluation(one))
            for one in weights
        },
    }


def evaluation(weights: WeightsEnum) -> dict[str, object]:
    assert isinstance(weights.transforms, partial)
    preset = weights.transforms()
    return {
        "resize": preset.resize_size[0],
        "interpolation": preset.interpolation.value,
        # Segmentation networks take the whole photo.
        "crop": [preset.crop_size[0]] * 2 if hasattr(preset, "crop_size") else None,
        "mean": preset.mean,
        "std": preset.std,
    }


if __name__ == "__main__":
    main()
