"""Keras's NASNets, and NASNet-A Mobile as Keras computes it with the names that PyTorch's ports have for its layers."""

import keras_weights  # before keras, whose backend it chooses

import keras
import numpy as np
from keras.src.applications.nasnet import NASNet

# Keras's names of the blocks and ours of the cells.
REDUCTIONS = {
    "stem_1": "cell_stem_0",
    "stem_2": "cell_stem_1",
    "reduce_4": "reduction_cell_0",
    "reduce_8": "reduction_cell_1",
}
# Keras leaves out the number of its first reduction, and not of its second.
NORMALS = {f"{i + (i >= 4)}": f"cell_{i // 4 * 6 + i % 4}" for i in range(12)}

# Of each kind of cell, where Keras has its separable convolutions and where we have them.
REDUCTION_BRANCHES = {
    "left1": "comb_iter_0_left",
    "right1": "comb_iter_0_right",
    "right2": "comb_iter_1_right",
    "right3": "comb_iter_2_right",
    "left4": "comb_iter_4_left",
}
NORMAL_BRANCHES = {
    "left1": "comb_iter_0_left",
    "right1": "comb_iter_0_right",
    "left2": "comb_iter_1_left",
    "right2": "comb_iter_1_right",
    "left5": "comb_iter_4_left",
}

# Blocks that halve the older hidden state; the others project it, but for the first, which has none.
HALVED, FIRST = ("stem_2", "0", "5", "9"), "stem_1"


def layers() -> keras_weights.Layers:
    names = {
        "stem_conv1": ("conv0.conv",),
        "stem_bn1": ("conv0.bn",),
        "predictions": ("last_linear",),
    }
    for block, cell in REDUCTIONS.items():
        names |= _cell("reduction", block, cell, REDUCTION_BRANCHES)
    for block, cell in NORMALS.items():
        names |= _cell("normal", block, cell, NORMAL_BRANCHES)
    return names


def logits(weights: keras_weights.Weights, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    keras.config.set_floatx("float64")
    _, channels, height, width = images.shape
    model = build(input_shape=(height, width, channels), weights=None, classifier_activation=None)
    keras_weights.fill(model, layers(), weights)
    return keras_weights.logits(model, images)


def build(**options: object) -> keras.Model:
    """NASNetMobile itself refuses to run on PyTorch; this is what it calls."""
    return NASNet(
        penultimate_filters=1056,
        num_blocks=4,
        stem_block_filters=32,
        skip_reduction=False,
        filter_multiplier=2,
        default_size=224,
        **options,
    )


def build_large(**options: object) -> keras.Model:
    """The same for NASNetLarge."""
    return NASNet(
        penultimate_filters=4032,
        num_blocks=6,
        stem_block_filters=96,
        skip_reduction=True,
        filter_multiplier=2,
        default_size=331,
        **options,
    )


def _cell(kind: str, block: str, cell: str, branches: dict[str, str]) -> keras_weights.Layers:
    names = {
        f"{kind}_conv_1_{block}": (f"{cell}.conv_1x1.conv",),
        f"{kind}_bn_1_{block}": (f"{cell}.conv_1x1.bn",),
    }
    for theirs, ours in branches.items():
        for i in (1, 2):
            separable = f"{cell}.{ours}.separable_{i}"
            names[f"separable_conv_{i}_{kind}_{theirs}_{block}"] = (
                f"{separable}.depthwise_conv2d",
                f"{separable}.pointwise_conv2d",
            )
            names[f"separable_conv_{i}_bn_{kind}_{theirs}_{block}"] = (f"{cell}.{ours}.bn_sep_{i}",)
    if block in HALVED:
        for i in (1, 2):
            names[f"adjust_conv_{i}_{block}"] = (f"{cell}.path_{i}.conv",)
        names[f"adjust_bn_{block}"] = (f"{cell}.final_path_bn",)
    elif block != FIRST:
        names[f"adjust_conv_projection_{block}"] = (f"{cell}.conv_prev_1x1.conv",)
        names[f"adjust_bn_{block}"] = (f"{cell}.conv_prev_1x1.bn",)
    return names
