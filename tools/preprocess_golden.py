"""Makes the pixels that torchvision feeds a network, for the tests to hold our preprocessing to.

The pixels are those after resizing and cropping and before normalising, as lossless PNGs.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as tvf

import atomic

Preprocess = Callable[[Image.Image], Image.Image]

PHOTOGRAPHS = ("cat", "coffee")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("samples"), help="a folder")
    parser.add_argument("--output", type=Path, default=Path("tests/golden/preprocess"))
    arguments = parser.parse_args()

    images = {name: photograph(arguments.samples / f"{name}.png") for name in PHOTOGRAPHS}
    for name, width, height in (("tall", 37, 501), ("wide", 301, 224)):
        images[name] = pattern(width, height)
        save(images[name], arguments.output / f"{name}.png")
    for name, image in images.items():
        for preset, preprocess in PRESETS.items():
            save(preprocess(image), arguments.output / f"{name}-{preset}.png")


def resize_and_crop(resize: int, crop: int, interpolation: InterpolationMode) -> Preprocess:
    """The evaluation preset of torchvision and timm: the shorter side resized, the centre cut out."""
    return v2.Compose([v2.Resize(resize, interpolation), v2.CenterCrop(crop)])


def crop_and_squash(image: Image.Image) -> Image.Image:
    """TF-slim's evaluation: the central 87.5% of each side, resized without regard to its aspect."""
    width, height = image.size
    left, top = int((width - width * 0.875) / 2), int((height - height * 0.875) / 2)
    central = image.crop((left, top, width - left, height - top))
    return tvf.resize(central, [224, 224], InterpolationMode.BILINEAR)


PRESETS: dict[str, Preprocess] = {
    "256-224": resize_and_crop(256, 224, InterpolationMode.BILINEAR),
    "235-224-bicubic": resize_and_crop(235, 224, InterpolationMode.BICUBIC),
    "mobilenet_v1": crop_and_squash,
}


def photograph(path: Path) -> Image.Image:
    try:
        return Image.open(path).convert("RGB")
    except OSError as error:
        raise SystemExit(f"error: cannot read {path}: {error}") from None


def pattern(width: int, height: int) -> Image.Image:
    """A gradient shows a shift of the grid, noise the filter's weights."""
    y, x = np.mgrid[:height, :width]
    gradient = np.stack([x * 255 / width, y * 255 / height, (x + y) % 256], axis=2)
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (height, width, 3))
    half = np.where((x * 2 < width)[:, :, None], gradient, noise)
    return Image.fromarray(half.astype(np.uint8))


def save(image: Image.Image, path: Path) -> None:
    data = io.BytesIO()
    image.save(data, format="PNG", optimize=True)
    atomic.write(path, data.getvalue())


if __name__ == "__main__":
    main()
