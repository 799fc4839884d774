#!/usr/bin/env python3
"""Writes ONNX's own test cases of single operations to tests/golden/onnx/nodes.safetensors.

    python tools/onnx_nodes.py        (needs onnx 1.23 and safetensors)

The cases are those of onnx.backend.test: models of one node, with inputs and the expected outputs. Real files have
weights, shapes and axes as initializers, so all inputs but the first become initializers here. Tensors of the file:
CASE/model are the bytes of the model, CASE/in/NAME and CASE/out/NAME its values.
"""

import os

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from safetensors.numpy import save_file

OPERATIONS = """Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast CastLike Ceil Celu Clip Concat Constant
ConstantOfShape Conv ConvInteger ConvTranspose CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear
Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool
GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization
LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul MatMulInteger Max
MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul
QuantizeLinear RMSNormalization RNN Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round ScatterElements ScatterND Selu Shape Shrink
Sigmoid Sign Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Swish Tanh ThresholdedRelu
Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor""".split()

TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "nodes.safetensors")

# More values than this in a case are not worth their bytes.
MOST_VALUES = 20_000


def plain(value):
    """A tensor of numbers as f32, or None."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub" or value.size == 0:
        return None
    return np.ascontiguousarray(value.astype(np.float32))


def main():
    tensors, seen = {}, set()
    for case in collect_testcases(None):
        model = case.model
        if case.kind != "node" or case.name.endswith(("_expanded", "_expanded_ver18")) or "expanded" in case.name:
            continue
        if len(model.graph.node) != 1 or model.graph.node[0].op_type not in OPERATIONS or not case.data_sets:
            continue
        inputs, outputs = case.data_sets[0]
        # Some are numbers without axes.
        inputs, outputs = ([np.asarray(value) if isinstance(value, np.generic) else value for value in values]
                           for values in (inputs, outputs))
        model = onnx.ModelProto.FromString(model.SerializeToString())
        graph = model.graph
        if graph.node[0].op_type == "LayerNormalization":
            # Only training reads the statistics.
            del graph.node[0].output[1:], graph.output[1:]
            outputs = outputs[:1]
        named = [value.name for value in graph.input]
        if len(named) != len(inputs) or any(plain(value) is None for value in [*inputs[:1], *outputs]):
            continue
        if not all(isinstance(value, np.ndarray) and value.dtype.kind in "fiub" for value in inputs):
            continue
        if sum(value.size for value in [*inputs, *outputs]) > MOST_VALUES:
            continue
        for value, name in list(zip(inputs, named))[1:]:
            graph.initializer.append(numpy_helper.from_array(value, name))
        for value in list(graph.input)[1:]:
            graph.input.remove(value)
        if not named:
            continue
        name = case.name.removeprefix("test_")
        seen.add(graph.node[0].op_type)
        tensors[f"{name}/model"] = np.frombuffer(model.SerializeToString(), np.uint8)
        tensors[f"{name}/in/{named[0]}"] = plain(inputs[0])
        for value, output in zip(outputs, graph.output):
            tensors[f"{name}/out/{output.name}"] = plain(value)
    save_file(tensors, TARGET)
    print(sum(key.endswith("/model") for key in tensors), "cases", os.path.getsize(TARGET), "bytes")
    print("no case:", sorted(set(OPERATIONS) - seen))


main()
