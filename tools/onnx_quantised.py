#!/usr/bin/env python3
"""Writes a small network in every format of ONNX Runtime's quantisation to tests/golden/onnx/quantised.safetensors.

    python tools/onnx_quantised.py      (needs torch, onnx, onnxruntime 1.32 and safetensors)

Tensors of the file: CASE/model are the bytes of the model, CASE/in/x two images, and CASE/out/y the answers of ONNX
Runtime, each image alone.
"""

import os
import tempfile

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from safetensors.numpy import save_file
from torch import nn

TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "quantised.safetensors")


class Net(nn.Module):
    """Convolutions of each kind, a sum, pooling and a classifier."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.pointwise = nn.Conv2d(8, 12, 1)
        self.last = nn.Conv2d(12, 12, 3, padding=1)
        self.classes = nn.Linear(12, 10)

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = torch.relu(self.depthwise(x))
        x = torch.relu(self.pointwise(x))
        x = torch.relu(x + self.last(x))
        x = nn.functional.max_pool2d(x, 2)
        return self.classes(x.mean((2, 3)))


class Images(CalibrationDataReader):
    def __init__(self, images):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"x": image[None]}


def optimise(source, path):
    """Writes what ONNX Runtime makes of a file."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = path
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def answers(path, images):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"x": image[None]})[0] for image in images])


def main():
    torch.manual_seed(0)
    images = np.random.default_rng(0).standard_normal((16, 3, 16, 16)).astype(np.float32)
    tensors = {}
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "float.onnx")
        torch.onnx.export(Net().eval(), (torch.zeros(1, 3, 16, 16),), plain, dynamo=False, input_names=["x"],
                          output_names=["y"], opset_version=17)

        def add(name, quantise):
            path = os.path.join(folder, name + ".onnx")
            quantise(path)
            with open(path, "rb") as file:
                tensors[f"{name}/model"] = np.frombuffer(file.read(), np.uint8)
            tensors[f"{name}/in/x"] = images[:2]
            tensors[f"{name}/out/y"] = answers(path, images[:2])

        for form in (QuantFormat.QDQ, QuantFormat.QOperator):
            for activations in (QuantType.QUInt8, QuantType.QInt8):
                for per_channel in (False, True):
                    of = "channel" if per_channel else "tensor"
                    name = f"{form}_{activations}_{of}"
                    add(name, lambda path: quantize_static(
                        plain, path, Images(images), quant_format=form, activation_type=activations,
                        weight_type=QuantType.QInt8, per_channel=per_channel))
                    if activations == QuantType.QUInt8:
                        add(f"optimised_{name}", lambda path: optimise(os.path.join(folder, name + ".onnx"), path))
        for weights in (QuantType.QUInt8, QuantType.QInt8):
            name = f"dynamic_{weights}"
            add(name, lambda path: quantize_dynamic(plain, path, weight_type=weights))
            add(f"optimised_{name}", lambda path: optimise(os.path.join(folder, name + ".onnx"), path))
    save_file(tensors, TARGET)
    print(sorted(key for key in tensors if key.endswith("/model")), os.path.getsize(TARGET), "bytes")


main()
