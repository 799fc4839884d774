"""MobileNet v1 as Keras computes it, with timm's names of its layers."""

import keras_weights  # before keras, whose backend it chooses

import keras
import numpy as np

# Depthwise-pointwise pairs in each of timm's stages; Keras counts them through.
STAGES = (1, 2, 2, 6, 2)


def layers() -> keras_weights.Layers:
    names = {"conv1": ("conv_stem",), "conv1_bn": ("bn1",), "conv_preds": ("classifier",)}
    blocks = [f"blocks.{s}.{b}" for s, count in enumerate(STAGES) for b in range(count)]
    for i, block in enumerate(blocks, start=1):
        names[f"conv_dw_{i}"] = (f"{block}.conv_dw",)
        names[f"conv_dw_{i}_bn"] = (f"{block}.bn1",)
        names[f"conv_pw_{i}"] = (f"{block}.conv_pw",)
        names[f"conv_pw_{i}_bn"] = (f"{block}.bn2",)
    return names


def logits(weights: keras_weights.Weights, images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    keras.config.set_floatx("float64")
    _, channels, height, width = images.shape
    model = keras.models.clone_model(
        keras.applications.MobileNet(
            input_shape=(height, width, channels), weights=None, classifier_activation=None
        ),
        clone_function=_padded_as_same,
    )
    keras_weights.fill(model, layers(), weights)
    return keras_weights.logits(model, images)


def _padded_as_same(layer: keras.Layer) -> keras.Layer:
    """Keras pads by a fixed (0, 1) before a stride, which is SAME for even sizes only."""
    config = layer.get_config()
    if isinstance(layer, keras.layers.ZeroPadding2D):
        config["padding"] = 0
    elif config.get("padding") == "valid":
        config["padding"] = "same"
    return layer.__class__.from_config(config)
