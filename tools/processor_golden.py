"""Makes tests/golden/processors.json: what transformers and timm make of a photo by configurations in the form that the Hub has.

Of each input, values at a multiple of the stride are kept. Processors compute with Pillow, as ours; the others of transformers
resize tensors, which rounds otherwise.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import transformers
from PIL import Image
from timm.data import create_transform, resolve_data_config

import atomic

PHOTO = "tests/golden/preprocess/wide.png"
KEPT = 90

IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
B0 = {"crop_size": {"height": 289, "width": 289}, "size": {"height": 224, "width": 224}}

# Without a key, a processor has a value of its own. The crops begin at the pixel where torchvision's do: docs/weights.md.
PROCESSORS: list[dict[str, object]] = [
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}, "crop_pct": 0.875, **IMAGENET},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}, "resample": 2},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 256}, "crop_pct": 0.95, "resample": 3},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 383}, "crop_pct": 0.9},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 384}, "crop_pct": 0.875},
    {"image_processor_type": "ConvNextImageProcessor", "size": 224},
    {"image_processor_type": "ConvNextImageProcessor"},
    {"image_processor_type": "EfficientNetImageProcessor", "resample": 0, "rescale_offset": True, **B0, **IMAGENET},
    {"image_processor_type": "EfficientNetImageProcessor", "resample": 0, "include_top": False, **B0, **IMAGENET},
    {"image_processor_type": "EfficientNetImageProcessor", "do_center_crop": False, **B0},
    {"image_processor_type": "EfficientNetImageProcessor"},
    {"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 236}, "crop_size": {"height": 224, "width": 224}, **IMAGENET},
    {"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 161}, "do_center_crop": True, "crop_size": 128, "resample": 2},
    {"image_processor_type": "BitImageProcessor"},
    {"image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}, "resample": 2, **IMAGENET},
    {"image_processor_type": "ViTImageProcessor", "size": 384},
    {"image_processor_type": "ViTImageProcessor", "do_normalize": False},
    {"image_processor_type": "ViTImageProcessor", "do_rescale": False, "image_mean": [127.5] * 3, "image_std": [127.5] * 3},
    {"image_processor_type": "ViTImageProcessor"},
    {"image_processor_type": "MobileNetV1ImageProcessor", "size": {"shortest_edge": 256}, "crop_size": {"height": 192, "width": 192}},
    {"image_processor_type": "MobileNetV1ImageProcessor"},
    {"image_processor_type": "MobileNetV2ImageProcessor", "size": {"shortest_edge": 320}, "crop_size": {"height": 280, "width": 280}},
    {"image_processor_type": "MobileNetV2ImageProcessor", "size": 233},
    {"image_processor_type": "MobileNetV2ImageProcessor"},
]

TIMM: list[dict[str, object]] = [
    {"input_size": [3, 224, 224], "interpolation": interpolation, "crop_pct": part, "crop_mode": "center"}
    for interpolation in ("bicubic", "bilinear")
    for part in (0.875, 0.95, 1.0)
]
TIMM += [
    {"input_size": [3, 160, 160], "interpolation": "bicubic", "crop_pct": 0.9, "mean": [0.5] * 3, "std": [0.5] * 3},
    {"input_size": [3, 240, 240], "crop_pct": 0.882},
    {"input_size": [3, 384, 384], "interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "squash"},
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/processors.json"))
    output: Path = parser.parse_args().output
    photo = Image.open(PHOTO).convert("RGB")

    cases = [case("preprocessor_config.json", config, by_processor(photo, config)) for config in PROCESSORS]
    cases += [case("config.json", config, by_timm(photo, config)) for config in TIMM]
    lines = ",\n".join(f"  {json.dumps(one)}" for one in cases)
    versions = {name: version(name) for name in ("transformers", "timm")}
    text = f'{{"versions": {json.dumps(versions)}, "photo": "{PHOTO}", "cases": [\n{lines}\n]}}\n'
    atomic.write(output, text.encode())


def by_processor(photo: Image.Image, config: dict[str, object]) -> np.ndarray:
    kind = getattr(transformers, f"{config['image_processor_type']}Pil")
    options = {key: value for key, value in config.items() if key != "image_processor_type"}
    return np.asarray(kind(**options)(photo, return_tensors="np")["pixel_values"])[0]


def by_timm(photo: Image.Image, config: dict[str, object]) -> np.ndarray:
    return create_transform(**resolve_data_config(pretrained_cfg=config))(photo).numpy()


def case(file: str, config: dict[str, object], found: np.ndarray) -> dict[str, object]:
    values = found.reshape(-1)
    # Odd, so that rows, columns and channels take their turns.
    stride = len(values) // KEPT | 1
    kept = [float(f"{value:.6g}") for value in values[::stride]]
    return {"file": file, "config": config, "crop": found.shape[1:], "stride": stride, "values": kept}


if __name__ == "__main__":
    main()
