#!/usr/bin/env python3
"""Writes networks of torchvision and timm as ONNX files without weights, and their answers, to tests/golden/onnx/networks.

    python tools/onnx_networks.py [NAME | FILE.onnx]...
        (needs torch, torchvision, timm, onnx, onnxscript, onnxruntime and safetensors)

tools/onnx_network_cases.py lists the networks. A file comes from another exporter, as of tools/onnx_keras.py. Initializers of at least LEAST floats are removed: the file says that they
are in `weights.bin`, and NETWORK.json says where. Their values are those of tools/synthetic.py under the names of the
file, to which the kind of parameter is added where a node tells it, times a gain. The answer is that of
the file in float64, of which every STEP-th value is stored. The bound is the larger of 1e-5 and three times the error of
onnxruntime in float32, relative to the largest value.
"""

import json
import os
import sys
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, numpy_helper
from safetensors.numpy import save_file

import onnx_exact
from onnx_network_cases import TIMM, TORCHVISION, case, create
from synthetic import network_input, tensor as synthetic

warnings.filterwarnings("ignore")
TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "networks")
LEAST = 32
# The most values of an answer that are stored.
MOST = 1000
# Factors of weights, the first of which makes a good example is taken. Without it, values of some networks grow from block
# to block, until a rounding decides, and those of others shrink, until the biases decide.
GAINS = (1, 1.25, 1.5, 0.75, 0.5, 1.125, 0.875)
# A good example: onnxruntime's error is at most this, and another image changes the answer by at least this.
WORST_ERROR, LEAST_CHANGE = 2.5e-6, 2.5e-2


def export(network, size, exporter, opset, path, external_data=False):
    image, names = (torch.zeros(1, 3, size, size),), {"input_names": ["input"], "output_names": ["output"]}
    if exporter == "legacy":
        torch.onnx.export(network, image, path, dynamo=False, opset_version=opset, **names)
    else:
        options = {"external_data": external_data, "verbose": False, **names}
        torch.onnx.export(network, image, path, dynamo=True, opset_version=opset, **options)


def endings(model):
    """What synthetic weights know parameters by, for those that nodes take in these places. Exporters make up names."""
    places = {2: ".bias", 3: ".running_mean", 4: ".running_var"}
    kinds = ("Conv", "ConvTranspose", "Gemm", "BatchNormalization", "LayerNormalization")
    nodes = [node for node in model.graph.node if node.op_type in kinds]
    return {name: places[place] for node in nodes for place, name in enumerate(node.input) if place in places}


def stripped(model):
    """Removes weights and what no reader needs. Returns name, extents and position of each weight, for its values."""
    begin, removed, ending = 0, [], endings(model)
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
        # A vector that broadcasts over images is a vector to synthetic weights, too.
        extents = [count] if tensor.dims[0] == 1 and count in tensor.dims else list(tensor.dims)
        removed.append([tensor.name + ending.get(tensor.name, ""), extents, begin])
        name, dims = tensor.name, list(tensor.dims)
        tensor.Clear()
        tensor.name, tensor.data_type, tensor.data_location = name, TensorProto.FLOAT, TensorProto.EXTERNAL
        tensor.dims.extend(dims)
        for key, value in (("location", "weights.bin"), ("offset", begin), ("length", 4 * count)):
            tensor.external_data.add(key=key, value=str(value))
        begin += 4 * count
    return removed


def size_of(model):
    """Height and width of the image, which are equal. Channels are first, or last."""
    return model.graph.input[0].type.tensor_type.shape.dim[2].dim_value


def filled(model, manifest, gain):
    """The model with synthetic weights, those of more than one dimension times `gain`."""
    model, names = onnx.ModelProto.FromString(model.SerializeToString()), iter(manifest)
    for index, tensor in enumerate(model.graph.initializer):
        if tensor.data_location == TensorProto.EXTERNAL:
            name, extents, _ = next(names)
            array = synthetic(name, tuple(extents), 0) * np.float32(gain if len(extents) > 1 else 1)
            array = array.reshape(list(tensor.dims))
            model.graph.initializer[index].CopyFrom(numpy_helper.from_array(array, tensor.name))
    return model


def answer(model, manifest):
    """The answer in float64, a gain that makes it a good example, onnxruntime's error, and the change by another image."""
    port, seen = model.graph.input[0], []
    image = network_input((1, 3, size_of(model), size_of(model)), 0)
    if port.type.tensor_type.shape.dim[3].dim_value == 3:
        image = np.ascontiguousarray(image.transpose(0, 2, 3, 1))
    for gain in GAINS:
        whole = filled(model, manifest, gain)
        exact = onnx_exact.answers(whole, {port.name: image})[0].reshape(-1)
        single = onnxruntime.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
        answers = (single.run(None, {port.name: sign * image})[0].reshape(-1) for sign in (1, -1))
        error, change = (float(np.abs(found - exact).max() / np.abs(exact).max()) for found in answers)
        if error <= WORST_ERROR and change >= LEAST_CHANGE:
            return exact, gain, error, change
        seen.append(f"gain {gain}: error {error:.1e}, change {change:.1e}")
    raise ValueError("; ".join(seen))


def write(stem, model):
    """Writes the model without its weights, its answer, and what a reader must know. Returns a line about them."""
    manifest = stripped(model)
    exact, gain, error, change = answer(model, manifest)
    step, path = -(-len(exact) // MOST), os.path.join(TARGET, stem)
    onnx.save(model, path + ".onnx")
    save_file({"output": np.ascontiguousarray(exact[::step])}, path + ".safetensors")
    entries = {"size": size_of(model), "step": step, "gain": gain, "bound": max(1e-5, 3 * error), "weights": manifest}
    with open(path + ".json", "w") as file:
        json.dump(entries, file)
    largest, bytes = np.abs(exact).max(), os.path.getsize(path + ".onnx")
    return f"{bytes} bytes, gain {gain}, largest {largest:.3g}, error {error:.1e}, change {change:.1g}"


def exported(name):
    """Name with exporter, and the model, of each export of a network."""
    size, exports, _ = case(name)
    for exporter, opset in exports.items():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.onnx")
            export(create(name), size, exporter, opset, path)
            model = onnx.load(path)
        found = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
        if found != opset:
            raise ValueError(f"{name}.{exporter}: expected operator set {opset}, found {found}")
        yield f"{name}.{exporter}", model


def main():
    os.makedirs(TARGET, exist_ok=True)
    refused = []
    for name in sys.argv[1:] or [*TORCHVISION, *TIMM]:
        models = [(os.path.basename(name)[:-5], onnx.load(name))] if name.endswith(".onnx") else exported(name)
        for stem, model in models:
            try:
                print(f"{stem}: {write(stem, model)}", flush=True)
            except ValueError as error:
                refused.append(f"{stem}: {error}")
    if refused:
        sys.exit("\n".join(refused))


if __name__ == "__main__":
    main()
