"""MobileNet v1 as Keras computes it, from weights under timm's names."""

import keras_weights as fill  # before keras, whose backend it chooses

import keras
import numpy as np

# Depthwise-pointwise pairs in each of timm's stages; Keras counts them through.
STAGES = (1, 2, 2, 6, 2)


def logits(weights: fill.Weights, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    keras.config.set_floatx("float64")
    _, channels, height, width = images.shape
    model = keras.models.clone_model(
        keras.applications.MobileNet(
            input_shape=(height, width, channels), weights=None, classifier_activation=None
        ),
        clone_function=_padded_as_same,
    )
    layer = model.get_layer
    fill.convolution(weights, layer("conv1"), "conv_stem")
    fill.batchnorm(weights, layer("conv1_bn"), "bn1")
    blocks = [f"blocks.{s}.{b}" for s, count in enumerate(STAGES) for b in range(count)]
    for i, block in enumerate(blocks, start=1):
        fill.depthwise(weights, layer(f"conv_dw_{i}"), f"{block}.conv_dw")
        fill.batchnorm(weights, layer(f"conv_dw_{i}_bn"), f"{block}.bn1")
        fill.convolution(weights, layer(f"conv_pw_{i}"), f"{block}.conv_pw")
        fill.batchnorm(weights, layer(f"conv_pw_{i}_bn"), f"{block}.bn2")
    head = weights["classifier.weight"].T[None, None]
    layer("conv_preds").set_weights([head, weights["classifier.bias"]])
    return fill.logits(model, images)


def _padded_as_same(layer: keras.Layer) -> keras.Layer:
    """Keras pads by a fixed (0, 1) before a stride, which is SAME for even sizes only."""
    config = layer.get_config()
    if isinstance(layer, keras.layers.ZeroPadding2D):
        config["padding"] = 0
    elif config.get("padding") == "valid":
        config["padding"] = "same"
    return layer.__class__.from_config(config)
