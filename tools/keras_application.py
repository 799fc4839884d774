"""Networks of the zoo that are Keras's own, with Keras's names of layers, as modules of PyTorch.

What a layer's tensors are called, and their layout, are PyTorch's: the tools treat these networks as all others.
"""

from functools import cache

import keras_weights  # before keras, whose backend it chooses

import keras
import torch
from torch import Tensor, nn

import keras_nasnet

BUILD = {
    "keras_inception_v3": keras.applications.InceptionV3,
    "keras_mobilenet_v2": keras.applications.MobileNetV2,
    "keras_nasnet_large": keras_nasnet.build_large,
    "keras_resnet50": keras.applications.ResNet50,
    "keras_xception": keras.applications.Xception,
}

# Networks of which no batch normalisation has a gamma.
WITHOUT_GAMMA = ("keras_inception_v3",)


class BatchNormalization(keras.layers.BatchNormalization):
    """Keras computes a batch normalisation in float32 even where everything around it is float64."""

    def call(self, inputs: Tensor, **_: object) -> Tensor:
        return keras.ops.batch_normalization(
            inputs,
            self.moving_mean,
            self.moving_variance,
            self.axis,
            self.beta,
            self.gamma,
            self.epsilon,
        )


class Application(nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        model = build(name, weights=None, classifier_activation=None)
        weights = keras_weights.read(model, layers(name))
        if name in WITHOUT_GAMMA:
            without_ones(weights)
        for key, value in weights.items():
            path, _, tensor = key.rpartition(".")
            self._register(path, tensor, torch.tensor(value))
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                self.get_submodule(layer.name).eps = layer.epsilon

    def forward(self, images: Tensor) -> Tensor:
        return torch.from_numpy(keras_weights.logits(self._model(images), images.numpy()))

    def features(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Spatial features, their means, and the answer."""
        model = self._model(images)
        (pool,) = (l for l in model.layers if isinstance(l, keras.layers.GlobalAveragePooling2D))
        outputs = keras.Model(model.inputs, [pool.input, pool.output, *model.outputs])
        spatial, features, answer = outputs(images.permute(0, 2, 3, 1), training=False)
        return spatial.detach().permute(0, 3, 1, 2), features.detach(), answer.detach()

    def _model(self, images: Tensor) -> keras.Model:
        """Keras's network for images of this size and type, with the weights of this module."""
        keras.config.set_floatx(str(images.dtype).removeprefix("torch."))
        state = {name: tensor.numpy() for name, tensor in self.state_dict().items()}
        _, channels, height, width = images.shape
        model = build(
            self.name,
            input_shape=(height, width, channels),
            weights=None,
            classes=len(state["predictions.weight"]),
            classifier_activation=None,
        )
        if images.dtype == torch.float64:
            model = keras.models.clone_model(model, clone_function=_exact)
        keras_weights.fill(model, layers(self.name), state)
        return model

    def _register(self, path: str, name: str, value: Tensor) -> None:
        module: nn.Module = self
        for part in path.split("."):
            if part not in module._modules:
                module.add_module(part, nn.Module())
            module = module.get_submodule(part)
        if name.startswith("running_"):
            module.register_buffer(name, value)
        else:
            module.register_parameter(name, nn.Parameter(value))


def build(name: str, **options: object) -> keras.Model:
    # Layers without a name are counted from the start of the session.
    keras.utils.clear_session()
    return BUILD[name](**options)


@cache
def layers(name: str) -> keras_weights.Layers:
    names = {}
    for layer in build(name, weights=None).layers:
        if isinstance(layer, keras.layers.SeparableConv2D):
            names[layer.name] = (f"{layer.name}.depthwise", f"{layer.name}.pointwise")
        elif layer.weights:
            names[layer.name] = (layer.name,)
    return names


def without_ones(weights: keras_weights.Weights) -> None:
    """Takes out the gammas that `keras_weights.read` makes up for batch normalisations that have none."""
    norms = [name.removesuffix(".running_var") for name in weights if name.endswith(".running_var")]
    for norm in norms:
        del weights[f"{norm}.weight"]


def _exact(layer: keras.Layer) -> keras.Layer:
    is_norm = isinstance(layer, keras.layers.BatchNormalization)
    return (BatchNormalization if is_norm else type(layer)).from_config(layer.get_config())
