"""VGG as Keras computes it, with torchvision's names of its layers."""

import keras_weights
import numpy as np

# Convolutions of each stage.
VGGS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}

# Height, width and channels of what the first linear layer reads.
MAP = (7, 7, 512)


def layers(name: str) -> keras_weights.Layers:
    names = {
        "fc1": ("classifier.0",),
        "fc2": ("classifier.3",),
        "predictions": ("classifier.6",),
    }
    index = 0
    for stage, count in enumerate(VGGS[name], start=1):
        for i in range(1, count + 1):
            names[f"block{stage}_conv{i}"] = (f"features.{index}",)
            # A convolution and its ReLU.
            index += 2
        # The pooling.
        index += 1
    return names


def as_torch(weights: keras_weights.Weights) -> None:
    """Keras flattens a map row by row, PyTorch channel by channel; Keras's input has blue first, PyTorch's red."""
    weights["features.0.weight"] = np.ascontiguousarray(weights["features.0.weight"][:, ::-1])
    name = "classifier.0.weight"
    if name not in weights:
        return
    weight = weights[name]
    planes = weight.reshape(len(weight), *MAP).transpose(0, 3, 1, 2)
    weights[name] = np.ascontiguousarray(planes).reshape(weight.shape)
