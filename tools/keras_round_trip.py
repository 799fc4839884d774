"""Converts files that Keras writes here, and compares what `menagerie` answers with what Keras does.

Every weight is random, vectors too: a new model's zeros and ones hide what is swapped. Written are all that people have:
`.keras`, `.weights.h5`, a whole model as Keras 2 saved it, the weights alone as Keras 2 saved them, and the same without
the classifier (`_notop`); from a session in which Keras has counted other layers before. Photos are prepared by Keras's
`load_img` and `preprocess_input`, and by `menagerie classify`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import keras_checkpoint
import keras_weights

import h5py
import keras
import numpy as np
import safetensors.numpy
from keras.src.legacy.saving import legacy_h5_format

import tensor_file
from zoo import ZOO

TOLERANCE = 1e-5
# Where no other is needed: of a dense layer behind a map, and of paddings that are TensorFlow's for even sizes only.
SIZE = (97, 90)
SIZES = {"vgg16": (224, 224), "vgg19": (224, 224), "mobilenet_v1": (96, 128)}
SEED = 0
MODULES = {
    "densenet121": keras.applications.densenet,
    "densenet169": keras.applications.densenet,
    "densenet201": keras.applications.densenet,
    "inception_resnet_v2": keras.applications.inception_resnet_v2,
    "mobilenet_v1": keras.applications.mobilenet,
    "nasnet_mobile": keras.applications.nasnet,
    "vgg16": keras.applications.vgg16,
    "vgg19": keras.applications.vgg19,
    "keras_inception_v3": keras.applications.inception_v3,
    "keras_mobilenet_v2": keras.applications.mobilenet_v2,
    "keras_nasnet_large": keras.applications.nasnet,
    "keras_resnet50": keras.applications.resnet,
    "keras_xception": keras.applications.xception,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(MODULES)}")
    parser.add_argument("--menagerie", default="target/release/menagerie")
    parser.add_argument("--photo", type=Path, default=Path("samples/cat.png"))
    arguments = parser.parse_args()
    worst = 0.0
    for name in arguments.models or MODULES:
        with tempfile.TemporaryDirectory() as folder:
            for case, difference in differences(name, Path(folder), arguments):
                print(f"{name}: {case}: {difference:.1e}", flush=True)
                worst = max(worst, difference)
    if not worst <= TOLERANCE:
        raise SystemExit(f"error: differences up to {worst:.1e}, expected at most {TOLERANCE:.0e}")


def differences(name: str, folder: Path, arguments: argparse.Namespace):
    model = with_random_weights(name)
    side = ZOO[name].size[0]
    photo = keras.utils.load_img(arguments.photo, target_size=(side, side))
    pixels = MODULES[name].preprocess_input(keras.utils.img_to_array(photo)[None])
    logits = moderated(model, pixels)

    height, width = SIZES.get(name, SIZE)
    images = np.random.default_rng(SEED).uniform(-1, 1, (2, 3, height, width)).astype(np.float32)
    caffe = keras_checkpoint.network(name).normalisation == keras_checkpoint.CAFFE
    theirs = images[:, ::-1] if caffe else images
    expected = keras_weights.logits(of_size(name, model, (height, width)), theirs)
    (folder / "input.safetensors").write_bytes(tensor_file.encode({"input": images}, {}))
    for file in files(model, folder):
        weights = folder / "converted.safetensors"
        run(sys.executable, "tools/convert.py", name, str(file), str(weights))
        given = ("--weights", weights, "--input", folder / "input.safetensors")
        output = folder / "output.safetensors"
        run(arguments.menagerie, "run", name, *given, "--output", output)
        yield file.name, difference(safetensors.numpy.load_file(output)["output"], expected)
        file.unlink()
        whole = weights.read_bytes()

    file = folder / "model_notop.h5"
    without_classifier(name, model).save_weights(folder / "notop.weights.h5")
    with h5py.File(file, "w") as group:
        legacy_h5_format.save_weights_to_hdf5_group(group, without_classifier(name, model))
    for file in (file, folder / "notop.weights.h5"):
        run(sys.executable, "tools/convert.py", name, str(file), str(weights))
        body, complete = safetensors.numpy.load_file(weights), safetensors.numpy.load(whole)
        missing = complete.keys() - body.keys()
        if not missing or not all(np.array_equal(body[key], complete[key]) for key in body):
            raise SystemExit(f"error: {name}: {file.name} does not become what the whole file does")
        print(f"{name}: {file.name}: without {', '.join(sorted(missing))}", flush=True)
    weights.write_bytes(whole)

    options = ("--weights", weights, "--top", "1000", "--json")
    answer = json.loads(run(arguments.menagerie, "classify", arguments.photo, "--model", name, *options))
    found = np.zeros_like(logits)
    for guess in answer["top"]:
        found[guess["index"]] = np.log(guess["probability"])
    # A softmax takes one number from all logits.
    logits = logits - np.log(np.exp(logits.astype(np.float64)).sum())
    yield "a photo", difference(found, logits)


def with_random_weights(name: str) -> keras.Model:
    build = keras_checkpoint.network(name).build
    side = ZOO[name].size[0]
    options = {"weights": None, "classifier_activation": None, "input_shape": (side, side, 3)}
    # Layers without a name are numbered from where others of the session ended.
    model = renumbered(build, options)
    random = np.random.default_rng(SEED)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            shape, kind = tuple(weight.shape), weight.name
            if kind == "moving_variance":
                value = random.uniform(0.5, 1.5, shape)
            elif kind == "gamma":
                value = random.uniform(0.5, 1.5, shape)
            elif len(shape) == 1:
                value = random.uniform(-0.1, 0.1, shape)
            else:
                inputs = np.prod(shape[:2]) if kind == "depthwise_kernel" else np.prod(shape[:-1])
                value = random.uniform(-1, 1, shape) * np.sqrt(6 / inputs)
            values.append(value.astype(np.float32))
        layer.set_weights(values)
    return model


def renumbered(build, options: dict[str, object]) -> keras.Model:
    clear, keras.utils.clear_session = keras.utils.clear_session, lambda: None
    try:
        build(**options)
        return build(**options)
    finally:
        keras.utils.clear_session = clear


def without_classifier(name: str, model: keras.Model) -> keras.Model:
    side = ZOO[name].size[0]
    build = keras_checkpoint.network(name).build
    body = build(weights=None, include_top=False, input_shape=(side, side, 3))
    body.set_weights(model.get_weights()[: len(body.weights)])
    return body


def moderated(model: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """Scales the head so that no class has a probability of 0, and answers with the logits of the pixels."""
    logits = keras.ops.convert_to_numpy(model(pixels, training=False))[0]
    head = [layer for layer in model.layers if layer.weights][-1]
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 5 / np.abs(logits).max(), bias])
    return keras.ops.convert_to_numpy(model(pixels, training=False))[0]


def of_size(name: str, model: keras.Model, size: tuple[int, int]) -> keras.Model:
    """The same weights for images of another size."""
    build = keras_checkpoint.network(name).build
    other = build(input_shape=(*size, 3), weights=None, classifier_activation=None)
    other.set_weights(model.get_weights())
    return other


def files(model: keras.Model, folder: Path):
    model.save(folder / "model.keras")
    yield folder / "model.keras"
    model.save_weights(folder / "model.weights.h5")
    yield folder / "model.weights.h5"
    model.save(folder / "model.h5")
    yield folder / "model.h5"
    # Keras 2 named them so as well.
    with h5py.File(folder / "keras2.weights.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    yield folder / "keras2.weights.h5"


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: {' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
