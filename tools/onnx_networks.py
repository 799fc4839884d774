#!/usr/bin/env python3
"""Writes networks of torchvision and timm as ONNX files without weights, and their answers, to tests/golden/onnx/networks.

    python tools/onnx_networks.py        (needs torch, torchvision, timm, onnx, onnxscript, onnxruntime and safetensors)

Networks of torchvision are exported by both of PyTorch's exporters, those of timm by one and at one opset. Initializers of
at least LEAST floats are removed: the file says that they are in `weights.bin`, and NETWORK.json says where. Their values
are those of tools/synthetic.py under the names of the file. The answer is that of the file in float64, by the reference
evaluator of onnx with PyTorch's convolution. The bound is the larger of 1e-5 and three times the error of onnxruntime in
float32, relative to the largest value.
"""

import json
import os
import sys
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
import timm
import torch
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from safetensors.numpy import save_file
from torchvision import models

from synthetic import network_input, tensor as synthetic

warnings.filterwarnings("ignore")
TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "networks")
NETWORKS = {
    "resnet18": 64,
    "squeezenet1_1": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 64,
    "mnasnet0_5": 64,
    "shufflenet_v2_x0_5": 64,
    "efficientnet_b0": 64,
}
# Size, exporter and opset.
TIMM = {
    "regnety_002": (64, "legacy", 12),
    "lcnet_035": (64, "legacy", 14),
    "dla46_c": (64, "legacy", 10),
    "hardcorenas_a": (64, "legacy", 11),
    "resnet10t": (64, "legacy", 17),
    "tinynet_e": (64, "legacy", 20),
}
# Transformers of timm, by both exporters.
TRANSFORMERS = {
    "vit_tiny_patch16_224": 64,
}
LEAST = 32


class Conv(OpRun):
    """The evaluator's own convolution is slow."""

    op_domain = ""

    def _run(self, x, w, b=None, auto_pad=None, dilations=None, group=None, kernel_shape=None, pads=None, strides=None):
        rank = x.ndim - 2
        if auto_pad not in (None, "NOTSET"):
            raise ValueError(f"auto_pad {auto_pad}")
        pads = pads or [0] * (2 * rank)
        sides = [side for axis in reversed(range(rank)) for side in (pads[axis], pads[axis + rank])]
        padded = torch.nn.functional.pad(torch.tensor(x), sides)
        convolution = (torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d)[rank - 1]
        bias = None if b is None else torch.tensor(b)
        strides, dilations = strides or [1] * rank, dilations or [1] * rank
        return (convolution(padded, torch.tensor(w), bias, tuple(strides), 0, tuple(dilations), group or 1).numpy(),)


def export(name, size, exporter, opset, path):
    if name in TRANSFORMERS:
        network = timm.create_model(name, pretrained=False, img_size=size).eval()
    elif name in TIMM:
        network = timm.create_model(name, pretrained=False, exportable=True).eval()
    else:
        network = models.get_model(name, weights=None).eval()
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        # Exporters drop biases that are 0.
        if isinstance(getattr(module, "bias", None), torch.nn.Parameter):
            module.bias.data.normal_(0, 0.1, generator=generator)
    image = torch.zeros(1, 3, size, size)
    if exporter == "legacy":
        torch.onnx.export(
            network, (image,), path, dynamo=False, opset_version=opset, input_names=["input"], output_names=["output"]
        )
    else:
        torch.onnx.export(network, (image,), path, dynamo=True, opset_version=opset, external_data=False, verbose=False)


def stripped(model):
    """Removes weights and what no reader needs. Returns name, extents and position of each weight."""
    begin, removed = 0, []
    for node in model.graph.node:
        del node.metadata_props[:]
        node.ClearField("doc_string")
    del model.graph.value_info[:], model.graph.metadata_props[:]
    model.graph.ClearField("doc_string")
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
        count = int(np.prod(tensor.dims))
        if tensor.data_type != TensorProto.FLOAT or count < LEAST:
            continue
        removed.append([tensor.name, list(tensor.dims), begin])
        name, dims = tensor.name, list(tensor.dims)
        tensor.Clear()
        tensor.name, tensor.data_type, tensor.data_location = name, TensorProto.FLOAT, TensorProto.EXTERNAL
        tensor.dims.extend(dims)
        for key, value in (("location", "weights.bin"), ("offset", begin), ("length", 4 * count)):
            tensor.external_data.add(key=key, value=str(value))
        begin += 4 * count
    return removed


def filled(model, dtype):
    """The model with synthetic weights of `dtype`, and all other floats of it, too."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for index, tensor in enumerate(model.graph.initializer):
        if tensor.data_location == TensorProto.EXTERNAL:
            array = synthetic(tensor.name, tuple(tensor.dims), 0)
        else:
            array = numpy_helper.to_array(tensor)
        if array.dtype.kind == "f":
            array = np.asarray(array, dtype).reshape(list(tensor.dims))
        model.graph.initializer[index].CopyFrom(numpy_helper.from_array(array, tensor.name))
    code = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = code
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type == TensorProto.FLOAT:
                array = numpy_helper.to_array(attribute.t).astype(dtype)
                attribute.t.CopyFrom(numpy_helper.from_array(array))
            if node.op_type == "Cast" and attribute.i == TensorProto.FLOAT:
                attribute.i = code
    return model


def main():
    os.makedirs(TARGET, exist_ok=True)
    torch.set_num_threads(2)
    both = {**NETWORKS, **TRANSFORMERS}
    cases = [(name, size, exporter, None) for name, size in both.items() for exporter in ("legacy", "dynamo")]
    cases += [(name, *case) for name, case in TIMM.items()]
    for name, size, exporter, opset in cases:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.onnx")
            export(name, size, exporter, opset, path)
            model = onnx.load(path)
        manifest = stripped(model)
        image = network_input((1, 3, size, size), 0)
        port = model.graph.input[0].name
        exact = ReferenceEvaluator(filled(model, np.float64), new_ops=[Conv]).run(None, {port: image.astype(np.float64)})[0]
        single = onnxruntime.InferenceSession(filled(model, np.float32).SerializeToString(), providers=["CPUExecutionProvider"])
        rounded = single.run(None, {port: image})[0]
        error = float(np.abs(rounded - exact).max() / np.abs(exact).max())
        stem = os.path.join(TARGET, f"{name}.{exporter}")
        onnx.save(model, stem + ".onnx")
        save_file({"output": np.ascontiguousarray(exact.astype(np.float64))}, stem + ".safetensors")
        with open(stem + ".json", "w") as file:
            json.dump({"size": size, "bound": max(1e-5, 3 * error), "weights": manifest}, file)
        print(stem, os.path.getsize(stem + ".onnx"), f"largest {np.abs(exact).max():.3g}, error {error:.1e}", flush=True)


main()
