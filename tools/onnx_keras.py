#!/usr/bin/env python3
"""Exports networks of Keras as ONNX files: by Keras itself, if its backend is torch, and by tf2onnx, if it is TensorFlow.

    KERAS_BACKEND=torch python tools/onnx_keras.py FOLDER            (needs keras, torch and onnx)
    KERAS_BACKEND=tensorflow python tools/onnx_keras.py FOLDER       (needs keras, tensorflow and tf2onnx)
    python tools/onnx_networks.py FOLDER/*.onnx

The last command writes them to tests/golden/onnx/networks without their weights. No two weights are equal, as in
tools/onnx_network_cases.py.
"""

import os
import sys

import keras
import numpy as np

CLASSES = 100
# Size and operator set.
KERAS = {"MobileNet": (64, 16), "MobileNetV2": (64, 18), "EfficientNetB0": (64, 17)}
TF2ONNX = {"MobileNetV2": (64, 13), "MobileNetV3Small": (64, 15), "DenseNet121": (64, 14), "ResNet50": (64, 18)}


def create(name, size):
    keras.utils.set_random_seed(0)
    create = getattr(keras.applications, name)
    network = create(weights=None, input_shape=(size, size, 3), classes=CLASSES, classifier_activation=None)
    generator = np.random.default_rng(1)
    for variable in network.variables:
        value = keras.ops.convert_to_numpy(variable)
        if value.dtype.kind == "f" and value.size > 0 and np.all(value == value.flat[0]):
            variable.assign(generator.uniform(0.5, 1.5, value.shape).astype(np.float32))
    return network


def by_keras(network, size, opset, path):
    network(np.zeros((1, size, size, 3), np.float32))
    network.export(path, format="onnx", verbose=False, opset_version=opset)


def by_tf2onnx(network, size, opset, path):
    import tensorflow
    import tf2onnx

    image = [tensorflow.TensorSpec((1, size, size, 3), tensorflow.float32, name="input")]
    function = tensorflow.function(lambda image: network(image, training=False), input_signature=image)
    tf2onnx.convert.from_function(function, input_signature=image, opset=opset, output_path=path)


def main():
    folder = sys.argv[1]
    is_torch = keras.backend.backend() == "torch"
    os.makedirs(folder, exist_ok=True)
    for name, (size, opset) in (KERAS if is_torch else TF2ONNX).items():
        path = os.path.join(folder, f"keras_{name.lower()}.{'keras' if is_torch else 'tf2onnx'}.onnx")
        (by_keras if is_torch else by_tf2onnx)(create(name, size), size, opset, path)
        print(path, os.path.getsize(path), flush=True)


main()
