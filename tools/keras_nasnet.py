"""NASNet-A Mobile as Keras computes it, from weights under the names of PyTorch's ports."""

import keras_weights as fill  # before keras, whose backend it chooses

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


def logits(weights: fill.Weights, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    keras.config.set_floatx("float64")
    model = _network(images.shape)
    layer = model.get_layer
    fill.convolution(weights, layer("stem_conv1"), "conv0.conv")
    fill.batchnorm(weights, layer("stem_bn1"), "conv0.bn")
    for block, cell in REDUCTIONS.items():
        _cell(weights, model, "reduction", block, cell, REDUCTION_BRANCHES)
    for block, cell in NORMALS.items():
        _cell(weights, model, "normal", block, cell, NORMAL_BRANCHES)
    head = [weights["last_linear.weight"].T, weights["last_linear.bias"]]
    layer("predictions").set_weights(head)
    return fill.logits(model, images)


def _network(shape: tuple[int, ...]) -> keras.Model:
    # NASNetMobile itself refuses to run on PyTorch; this is what it calls.
    return NASNet(
        input_shape=(shape[2], shape[3], shape[1]),
        penultimate_filters=1056,
        num_blocks=4,
        stem_block_filters=32,
        skip_reduction=False,
        filter_multiplier=2,
        weights=None,
        classifier_activation=None,
        default_size=224,
    )


def _cell(
    weights: fill.Weights,
    model: keras.Model,
    kind: str,
    block: str,
    cell: str,
    branches: dict[str, str],
) -> None:
    layer = model.get_layer
    fill.convolution(weights, layer(f"{kind}_conv_1_{block}"), f"{cell}.conv_1x1.conv")
    fill.batchnorm(weights, layer(f"{kind}_bn_1_{block}"), f"{cell}.conv_1x1.bn")
    for theirs, ours in branches.items():
        for i in (1, 2):
            name = f"{kind}_{theirs}_{block}"
            ours_i = f"{cell}.{ours}.separable_{i}"
            fill.separable(
                weights,
                layer(f"separable_conv_{i}_{name}"),
                f"{ours_i}.depthwise_conv2d",
                f"{ours_i}.pointwise_conv2d",
            )
            norm = layer(f"separable_conv_{i}_bn_{name}")
            fill.batchnorm(weights, norm, f"{cell}.{ours}.bn_sep_{i}")
    if f"{cell}.conv_prev_1x1.conv.weight" in weights:
        projection = layer(f"adjust_conv_projection_{block}")
        fill.convolution(weights, projection, f"{cell}.conv_prev_1x1.conv")
        fill.batchnorm(weights, layer(f"adjust_bn_{block}"), f"{cell}.conv_prev_1x1.bn")
    elif f"{cell}.path_1.conv.weight" in weights:
        for i in (1, 2):
            fill.convolution(weights, layer(f"adjust_conv_{i}_{block}"), f"{cell}.path_{i}.conv")
        fill.batchnorm(weights, layer(f"adjust_bn_{block}"), f"{cell}.final_path_bn")
