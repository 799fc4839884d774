"""Inception-ResNet v2 as Keras computes it, with timm's names of its layers."""

from collections.abc import Iterator

import keras_weights  # before keras, whose backend it chooses

import keras

STEM = ("conv2d_1a", "conv2d_2a", "conv2d_2b", "conv2d_3b", "conv2d_4a")

# Convolutions of each branch. The last branch of mixed_5b starts with a pooling.
MIXED_6A, MIXED_7A = (1, 3), (2, 2, 3)
BLOCK35, BLOCK17, BLOCK8 = (1, 2, 3), (1, 3), (1, 3)


def build(**options: object) -> keras.Model:
    # Layers without a name are counted from the start of the session.
    keras.utils.clear_session()
    return keras.applications.InceptionResNetV2(**options)


def layers() -> keras_weights.Layers:
    names = {
        "conv_7b": ("conv2d_7b.conv",),
        "conv_7b_bn": ("conv2d_7b.bn",),
        "predictions": ("classif",),
        "block8_10_conv": ("block8.conv2d",),
    }
    for kind, count, ours in (("35", 10, "repeat"), ("17", 20, "repeat_1"), ("8", 9, "repeat_2")):
        for i in range(count):
            names[f"block{kind}_{i + 1}_conv"] = (f"{ours}.{i}.conv2d",)
    for i, ours in enumerate(_unnamed()):
        number = f"_{i}" if i else ""
        names[f"conv2d{number}"] = (f"{ours}.conv",)
        names[f"batch_normalization{number}"] = (f"{ours}.bn",)
    return names


def _unnamed() -> Iterator[str]:
    """Our names of the convolutions that Keras only counts, in the order in which it makes them."""
    yield from STEM
    yield from _branches("mixed_5b", BLOCK35)
    yield "mixed_5b.branch3.1"
    for i in range(10):
        yield from _branches(f"repeat.{i}", BLOCK35)
    yield from _branches("mixed_6a", MIXED_6A)
    for i in range(20):
        yield from _branches(f"repeat_1.{i}", BLOCK17)
    yield from _branches("mixed_7a", MIXED_7A)
    for i in range(9):
        yield from _branches(f"repeat_2.{i}", BLOCK8)
    yield from _branches("block8", BLOCK8)


def _branches(module: str, lengths: tuple[int, ...]) -> Iterator[str]:
    for branch, length in enumerate(lengths):
        for i in range(length):
            # A branch of one convolution has its name.
            yield f"{module}.branch{branch}" + (f".{i}" if length > 1 else "")
