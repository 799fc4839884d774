"""MobileNet v1 as Keras computes it, from weights under timm's names, to hold timm's graph against."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

# Pointwise-depthwise pairs in each of timm's stages; Keras counts them through.
STAGES = (1, 2, 2, 6, 2)


def logits(weights: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """`images` is NCHW."""
    keras.config.set_floatx("float64")
    nhwc = images.transpose(0, 2, 3, 1).astype(np.float64)
    model = keras.models.clone_model(
        keras.applications.MobileNet(
            input_shape=nhwc.shape[1:], weights=None, classifier_activation=None
        ),
        clone_function=_padded_as_same,
    )
    for name, (conv, norm) in _names().items():
        kernel = _kernel(weights[f"{conv}.weight"], depthwise="_dw_" in name)
        model.get_layer(name).set_weights([kernel])
        statistics = ("weight", "bias", "running_mean", "running_var")
        model.get_layer(f"{name}_bn").set_weights([weights[f"{norm}.{s}"] for s in statistics])
    head = weights["classifier.weight"].T[None, None]
    model.get_layer("conv_preds").set_weights([head, weights["classifier.bias"]])
    return np.asarray(keras.ops.convert_to_numpy(model(nhwc, training=False)))


def _padded_as_same(layer: keras.Layer) -> keras.Layer:
    """Keras pads by a fixed (0, 1) before a stride, which is SAME for even sizes only."""
    config = layer.get_config()
    if isinstance(layer, keras.layers.ZeroPadding2D):
        config["padding"] = 0
    elif config.get("padding") == "valid":
        config["padding"] = "same"
    return layer.__class__.from_config(config)


def _names() -> dict[str, tuple[str, str]]:
    """Keras's convolutions, and timm's names of each with its batchnorm."""
    names = {"conv1": ("conv_stem", "bn1")}
    blocks = [f"blocks.{s}.{b}" for s, count in enumerate(STAGES) for b in range(count)]
    for i, block in enumerate(blocks, start=1):
        names[f"conv_dw_{i}"] = (f"{block}.conv_dw", f"{block}.bn1")
        names[f"conv_pw_{i}"] = (f"{block}.conv_pw", f"{block}.bn2")
    return names


def _kernel(weight: np.ndarray, depthwise: bool) -> np.ndarray:
    """OIHW as HWIO; Keras has a depthwise kernel's channels where the inputs go."""
    return weight.transpose(2, 3, 0, 1) if depthwise else weight.transpose(2, 3, 1, 0)
