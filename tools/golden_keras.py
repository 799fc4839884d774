"""Makes tests/golden/keras/: what Keras's networks answer whose weights `convert.py` converts to one that is not Keras's.

Weights and inputs are synthetic, with every vector set: epsilons, missing gammas and the order of VGG's first dense layer
show only so. Keras gets them in its own form. They are converted back as `convert.py` does it, and must be the synthetic ones
again. So the answer is that of our network with the synthetic weights, or the conversion is wrong.
"""

import argparse
from pathlib import Path

import keras_checkpoint
import keras_weights

import keras
import numpy as np
import torch

import atomic
import golden
import keras_application
import synthetic
import tensor_file
from zoo import ZOO

SEED = 0
# Of two implementations in float64, of which Keras computes the mean of each channel in float32.
AGREEMENT = 1e-7
# Of float32 numbers that were computed in float64 and back.
ROUNDING = 1e-6
SIZE = (64, 48)
SIZES = {
    # Its dense layer reads 7x7 pixels.
    "vgg16": (224, 224),
    "vgg19": (224, 224),
    # The least size is 75.
    "inception_resnet_v2": (97, 81),
    # Its paddings are TensorFlow's only if every stride halves an even size.
    "mobilenet_v1": (64, 96),
}


class Dense(keras.layers.Dense):
    """Keras multiplies matrices in float32 even where everything around them is float64.

    Of the 25088 products of VGG's first dense layer, that alone is 2e-6 of the largest sum.
    """

    def call(self, inputs: torch.Tensor, **_: object) -> torch.Tensor:
        return self.activation(inputs @ self.kernel.value + self.bias.value)


EXACT = {
    keras.layers.BatchNormalization: keras_application.BatchNormalization,
    keras.layers.Dense: Dense,
}


def main() -> None:
    names = [name for name in keras_checkpoint.NETWORKS if not name.startswith("keras_")]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(names)}")
    parser.add_argument("--output", type=Path, default=Path("tests/golden/keras"), help="a folder")
    # The last bits of a sum depend on how many threads it was split among.
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    keras.config.set_floatx("float64")
    for name in arguments.models or names:
        write_case(arguments.output, name)


def write_case(folder: Path, name: str) -> None:
    height, width = size = SIZES.get(name, SIZE)
    network = keras_checkpoint.network(name)
    ours, weights = golden.with_weights(ZOO[name].build(), SEED)
    epsilons = {key: module.eps for key, module in ours.named_modules() if hasattr(module, "eps")}
    images = synthetic.network_input((1, 3, height, width), SEED)

    model = network.build(input_shape=(*size, 3), weights=None, classifier_activation=None)
    model = keras.models.clone_model(model, clone_function=exact)
    keras_weights.fill(model, network.layers(), as_keras(network, model, weights, epsilons))
    check_conversion(name, model, weights, epsilons)
    # Keras takes blue first here, and our network red.
    is_caffe = network.normalisation == keras_checkpoint.CAFFE
    output = keras_weights.logits(model, images[:, ::-1] if is_caffe else images)

    with torch.inference_mode():
        expected = golden.answer(ours, torch.from_numpy(images).double()).numpy()
    difference = np.abs(output - expected).max() / np.abs(expected).max()
    print(f"{name}: {difference:.1e}", flush=True)
    if not difference <= AGREEMENT:
        raise SystemExit(f"error: Keras's {name} and PyTorch's differ by {difference:.1e}")
    metadata = {
        "framework": "keras",
        "version": keras.__version__,
        "model": name,
        "seed": str(SEED),
        "input": f"1x3x{height}x{width}",
    }
    file = f"{name}-seed{SEED}-{height}x{width}.safetensors"
    tensors = {"output": np.ascontiguousarray(output)}
    atomic.write(folder / file, tensor_file.encode(tensors, metadata))


def exact(layer: keras.Layer) -> keras.Layer:
    return EXACT.get(type(layer), type(layer)).from_config(layer.get_config())


def as_keras(
    network: keras_checkpoint.Network,
    model: keras.Model,
    weights: keras_weights.Weights,
    epsilons: dict[str, float],
) -> keras_weights.Weights:
    """Weights with which Keras's network computes what ours does with `weights`."""
    theirs = dict(weights)
    for layer, (ours, *_) in network.layers().items():
        layer = model.get_layer(layer)
        if isinstance(layer, keras.layers.BatchNormalization):
            variance = weights[f"{ours}.running_var"].astype(np.float64) + epsilons[ours]
            if not layer.scale:
                variance /= weights[f"{ours}.weight"].astype(np.float64) ** 2
            theirs[f"{ours}.running_var"] = variance - layer.epsilon
    if network.normalisation == keras_checkpoint.CAFFE:
        # PyTorch flattens a map channel by channel, Keras row by row.
        dense = theirs["classifier.0.weight"]
        rows = dense.reshape(len(dense), 512, 7, 7).transpose(0, 2, 3, 1)
        theirs["classifier.0.weight"] = rows.reshape(dense.shape)
        theirs["features.0.weight"] = theirs["features.0.weight"][:, ::-1]
    return theirs


def check_conversion(
    name: str,
    model: keras.Model,
    weights: keras_weights.Weights,
    epsilons: dict[str, float],
) -> None:
    """Checks that `convert.py` makes `weights` of those of `model`, or others by which ours computes the same."""
    converted, _ = keras_checkpoint.weights(name, model, epsilons)
    missing = weights.keys() ^ converted.keys()
    if missing:
        raise SystemExit(f"error: {name}: only before or after the conversion: {', '.join(missing)}")
    found, expected = factored(converted, epsilons), factored(weights, epsilons)
    for key, value in expected.items():
        # Keras may have a convolution of one pixel for a linear layer.
        difference = np.abs(found[key].reshape(value.shape) - value) - ROUNDING * np.abs(value)
        if not difference.max() <= 0:
            raise SystemExit(f"error: {name}: {key} is another after the conversion")


def factored(
    weights: keras_weights.Weights, epsilons: dict[str, float]
) -> keras_weights.Weights:
    """The weights with the factor of each batch normalisation instead of its gamma and variance."""
    result = {key: value.astype(np.float64) for key, value in weights.items()}
    for norm, epsilon in epsilons.items():
        variance = result.pop(f"{norm}.running_var")
        result[f"{norm}.weight"] = result[f"{norm}.weight"] / np.sqrt(variance + epsilon)
    return result


if __name__ == "__main__":
    main()
