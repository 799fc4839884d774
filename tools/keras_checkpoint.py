"""Weights of Keras's networks under our names, for those that compute the same as ours."""

import io
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras_weights  # before keras, whose backend it chooses

import h5py
import keras
import numpy as np

import keras_application
import keras_densenet
import keras_inception_resnet
import keras_mobilenet
import keras_nasnet
import keras_vgg
from zoo import ZOO

SUFFIXES = (".h5", ".hdf5", ".keras")

# What a file holds besides weights.
STATE = ("optimizer", "seed_generator")


# Mean and deviation of each channel, red first, as Keras's `preprocess_input` subtracts and divides, for values from 0 to 1.
Normalisation = tuple[list[float], list[float]]
TENSORFLOW: Normalisation = ([0.5] * 3, [0.5] * 3)
TORCH: Normalisation = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CAFFE: Normalisation = ([m / 255 for m in (123.68, 116.779, 103.939)], [1 / 255] * 3)


@dataclass(frozen=True)
class Network:
    """A network of Keras that computes the same as one of ours."""

    name: str
    build: Callable[..., keras.Model]
    layers: Callable[[], keras_weights.Layers]
    # None for those of which the zoo knows it.
    normalisation: Normalisation | None = None
    finish: Callable[[keras_weights.Weights], None] = lambda weights: None
    remark: str | None = None


def _vgg(name: str, build: Callable[..., keras.Model]) -> Network:
    layers = partial(keras_vgg.layers, name)
    remark = "turned the first kernels around, since Keras's input has blue first"
    return Network(name.upper(), build, layers, CAFFE, keras_vgg.as_torch, remark)


def _densenet(name: str, build: Callable[..., keras.Model]) -> Network:
    return Network(build.__name__, build, partial(keras_densenet.layers, name), TORCH)


def _application(name: str, theirs: str) -> Network:
    """One that is Keras's in the zoo too."""
    build = partial(keras_application.build, name)
    layers = partial(keras_application.layers, name)
    without_gamma = name in keras_application.WITHOUT_GAMMA
    finish = keras_application.without_ones if without_gamma else lambda weights: None
    return Network(theirs, build, layers, None, finish)


NETWORKS = {
    "densenet121": _densenet("densenet121", keras.applications.DenseNet121),
    "densenet169": _densenet("densenet169", keras.applications.DenseNet169),
    "densenet201": _densenet("densenet201", keras.applications.DenseNet201),
    "inception_resnet_v2": Network(
        "InceptionResNetV2",
        keras_inception_resnet.build,
        keras_inception_resnet.layers,
        TENSORFLOW,
    ),
    "keras_inception_v3": _application("keras_inception_v3", "InceptionV3"),
    "keras_mobilenet_v2": _application("keras_mobilenet_v2", "MobileNetV2"),
    "keras_nasnet_large": _application("keras_nasnet_large", "NASNetLarge"),
    "keras_resnet50": _application("keras_resnet50", "ResNet50"),
    "keras_xception": _application("keras_xception", "Xception"),
    "mobilenet_v1": Network(
        "MobileNet", keras.applications.MobileNet, keras_mobilenet.layers, TENSORFLOW
    ),
    "nasnet_mobile": Network("NASNetMobile", keras_nasnet.build, keras_nasnet.layers, TENSORFLOW),
    "vgg16": _vgg("vgg16", keras.applications.VGG16),
    "vgg19": _vgg("vgg19", keras.applications.VGG19),
}

RESNET = "puts a block's stride on its first convolution, ours on the 3x3"
OTHERS = {
    "inception_v3": "leaves the border out of its average pools, ours counts it: take keras_inception_v3",
    "mobilenet_v2": "pads before a stride on one side only and has another epsilon: take keras_mobilenet_v2",
    "nasnet_large": "lets the zeros around an image win its max pools, ours does not: take keras_nasnet_large",
    "resnet50": f"{RESNET}: take keras_resnet50",
    "resnet101": RESNET,
    "resnet152": RESNET,
    "xception": "pads its max pools on one side only and has another epsilon: take keras_xception",
}


def network(model: str) -> Network:
    if model in NETWORKS:
        return NETWORKS[model]
    if model in OTHERS:
        raise SystemExit(f"error: Keras's network is another than {model}: it {OTHERS[model]}")
    raise SystemExit(f"error: Keras has no {model}")


def published(model: str, name: str) -> keras.Model:
    theirs = network(model)
    if name != theirs.name:
        raise SystemExit(f"error: {model} is Keras's {theirs.name}, not its {name}")
    try:
        return theirs.build(weights="imagenet", **_options(model))
    except Exception as error:  # whatever downloading and reading lead to
        raise SystemExit(f"error: {name}: no published weights: {_line(error)}") from None


def stored(model: str, path: Path) -> keras.Model:
    """The network with the weights of a file. The file's own idea of a network is not looked at."""
    theirs = network(model)
    if not path.is_file():
        raise SystemExit(f"error: {path}: no such file")
    build = partial(theirs.build, weights=None, **_options(model))
    headless = build(include_top=False)
    if _shapes(path) == Counter(tuple(weight.shape) for weight in headless.weights):
        # Keras calls such files `_notop`.
        built = headless
    else:
        built = build(classes=_classes(path, theirs, build()))
    try:
        _load(built, path)
    except Exception as error:  # whatever a file of other layers leads it to
        reason = f"not the weights of Keras's {theirs.name}: {_line(error)}"
        raise SystemExit(f"error: {path}: {reason}") from None
    return built


def _load(built: keras.Model, path: Path) -> None:
    """Loads a file for what it is: Keras goes by its name, and both layouts of HDF5 have had the same ones."""
    if zipfile.is_zipfile(path):
        suffix = ".keras"
    else:
        with h5py.File(path) as file:
            # Keras 2: the weights alone, or a whole model.
            is_old = "layer_names" in file.attrs or "model_weights" in file
        suffix = ".h5" if is_old else ".weights.h5"
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / f"file{suffix}"
        link.symlink_to(path.resolve())
        built.load_weights(link)


def weights(
    model: str, built: keras.Model, epsilons: dict[str, float]
) -> tuple[keras_weights.Weights, list[str]]:
    """Weights under our names, for batchnorms with these epsilons, and what was done to them."""
    theirs = network(model)
    present = {layer.name for layer in built.layers}
    names = {layer: ours for layer, ours in theirs.layers().items() if layer in present}
    state = keras_weights.read(built, names)
    theirs.finish(state)
    done = ["transposed kernels, which Keras stores the other way round"]
    differing = set()
    for layer, (ours, *_) in names.items():
        if (epsilon := getattr(built.get_layer(layer), "epsilon", None)) is not None:
            # What counts is their sum.
            difference = epsilon - epsilons[ours]
            if difference:
                variance = state[f"{ours}.running_var"].astype(np.float64) + difference
                state[f"{ours}.running_var"] = variance.astype(np.float32)
                differing.add(f"{difference:.0e}")
    if differing:
        done.append(f"added {', '.join(differing)} to variances, since Keras has another epsilon")
    if theirs.remark:
        done.append(f"note: {theirs.remark}")
    return state, done


def evaluation(model: str) -> dict[str, object] | None:
    """How Keras documents that photos are prepared, in timm's words: the whole photo, by the nearest pixel."""
    normalisation = network(model).normalisation
    if normalisation is None:
        return None
    mean, std = normalisation
    return {
        "input_size": [3, *ZOO[model].size],
        "interpolation": "nearest",
        "crop_mode": "squash",
        "crop_pct": 1.0,
        "mean": mean,
        "std": std,
    }


def _options(model: str) -> dict[str, object]:
    """Ours answers with logits, for a size that not every network of Keras has by default."""
    return {"input_shape": (*ZOO[model].size, 3), "classifier_activation": None}


def _classes(path: Path, theirs: Network, usual: keras.Model) -> int:
    """How many classes the file's head has: all other tensors must be those of the usual network."""
    head = [tuple(weight.shape) for weight in usual.weights[-2:]]
    expected = Counter(tuple(weight.shape) for weight in usual.weights)
    found = _shapes(path)
    missing, surplus = sorted((expected - found).elements()), sorted((found - expected).elements())
    if not missing and not surplus:
        return head[-1][0]
    counts = {shape[-1] for shape in surplus}
    if len(counts) == 1:
        (classes,) = counts
        other_head = [(*shape[:-1], classes) for shape in head]
        if sorted(missing) == sorted(head) and sorted(surplus) == sorted(other_head):
            return classes
    raise SystemExit(
        f"error: {path}: not the weights of Keras's {theirs.name}: of {sum(expected.values())} tensors "
        f"{len(missing)} are missing or of another shape, and {len(surplus)} are too many"
    )


def _shapes(path: Path) -> Counter[tuple[int, ...]]:
    shapes: Counter[tuple[int, ...]] = Counter()

    def count(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset) and not any(state in name for state in STATE):
            shapes[item.shape] += 1

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content = io.BytesIO(archive.read("model.weights.h5"))
        else:
            content = io.BytesIO(path.read_bytes())
        with h5py.File(content) as file:
            file.visititems(count)
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise SystemExit(f"error: {path}: not a file of Keras: {_line(error)}") from None
    return shapes


def _line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
