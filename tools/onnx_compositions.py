#!/usr/bin/env python3
"""Writes small graphs that exporters make, and onnxruntime's answers, to tests/golden/onnx/compositions.safetensors.

    python tools/onnx_compositions.py       (needs onnx, onnxruntime and safetensors)

Each case is a list of nodes `results = Operation inputs attributes`, from the image `x` to the last result. Several results
are separated by commas, and an absent input is `_`. Inputs `NAME[2,3]` are weights of these extents, `i[...]` integers, and
`x` has the extents before the colon. Tensors of the file: CASE/model
are the bytes of the model, CASE/in/x its input, and CASE/out/NAME the answer.
"""

import json
import os
import re

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "compositions.safetensors")
OPSET = 23

WINDOWS = "t = Reshape x i[1,3,2,8,2,8]; u = Transpose t perm=[0,2,4,1,3,5]; w = Reshape u i[4,3,8,8]; "
VOLUME = "v = Reshape x i[1,3,4,8,8]; "
STEPS = "t = Transpose x perm=[1,0,2]; "
CASES = {
    # A position of each pixel goes through layers that nothing but constants reaches.
    "convolution_of_a_constant": "1,4,6,5: p = Conv a[1,2,6,5] w[4,2,3,3] b[4] pads=[1,1,1,1]; r = Relu p; y = Add x r",
    "product_of_constants": "1,9,9: p = MatMul a[9,2] w[2,9]; s = Sigmoid p; o = Sub ones[1] s; y = Mul x o",
    "softmax_of_a_large_constant": "1,4,70: s = Softmax a[4,70,70] axis=-1; u = Unsqueeze x i[2]; y = MatMul u s",
    "pooling_of_a_constant": "1,4,3,3: p = MaxPool a[2,4,6,6] kernel_shape=[2,2] strides=[2,2]; m = ReduceMean p i[0]; y = Add x m",
    "best_of_a_constant": "1,4,3,3: m = ArgMax a[4,3,3] axis=0 keepdims=0; f = Cast m to=1; y = Add x f",
    # Windows of an image become images.
    "convolution_of_windows": "1,3,16,16: " + WINDOWS + "y = Conv w k[5,3,3,3] b[5] pads=[1,1,1,1]",
    "strided_convolution_of_windows":
        "1,3,16,16: " + WINDOWS + "y = Conv w k[6,1,4,3] pads=[1,0,2,1] strides=[3,2] group=3",
    "wide_strides_of_windows": "1,3,16,16: " + WINDOWS + "y = Conv w k[5,3,2,2] strides=[3,3]",
    "dilated_convolution_of_windows": "1,3,16,16: " + WINDOWS + "y = Conv w k[5,3,3,3] dilations=[2,2] pads=[2,2,2,2]",
    "convolution_of_signals":
        "1,3,4,10: t = Transpose x perm=[0,2,1,3]; s = Reshape t i[4,3,10]; y = Conv s k[5,3,3] b[5] pads=[1,1] strides=[2]",
    "pooling_of_windows": "1,3,16,16: " + WINDOWS + "y = MaxPool w kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]",
    "mean_pooling_of_windows": "1,3,16,16: " + WINDOWS + "y = AveragePool w kernel_shape=[2,3] strides=[2,1]",
    "mean_of_windows": "1,3,16,16: " + WINDOWS + "y = GlobalAveragePool w",
    "convolution_along_two_of_three_axes":
        "1,12,8,8: " + VOLUME + "y = Conv v k[5,3,1,3,3] b[5] pads=[0,1,1,0,1,1] strides=[1,2,2]",
    "convolution_along_one_of_three_axes": "1,12,8,8: " + VOLUME + "y = Conv v k[5,3,3,1,1] pads=[1,0,0,1,0,0] strides=[2,1,1]",
    # More axes than those of an image.
    "seven_axes":
        "1,12,4,4: r = Reshape x i[1,2,2,3,4,2,2]; t = Transpose r perm=[3,0,1,5,2,6,4]; s = Softmax t axis=-1; y = Reshape s i[1,12,4,4]",
    "seven_axes_in_another_order":
        "1,12,4,4: r = Reshape x i[2,2,3,2,2,2,2]; t = Transpose r perm=[6,0,4,2,5,3,1]; e = Add t a[2,1,2,1,2,1,2]; y = Reshape e i[1,12,4,4]",
    # New values for places.
    "sums_at_places": "1,4,6: u = Slice x i[0] i[3] i[2]; y = ScatterElements x i[[[0,2,2],[1,1,1],[5,4,3],[0,0,1]]] u axis=2 reduction=add",
    "products_at_rows": "1,4,6: u = Slice x i[1] i[3] i[1]; y = ScatterND x i[[[0,3],[0,3]]] u reduction=mul",
    "diagonal": "1,5,5: y = Einsum x equation=bii->bi",
    "diagonals_of_both": "1,5,5: y = Einsum x a[3,3,5] equation=bii,jji->bij",
    # Windows at their places in an image.
    "columns": "1,12,9: y = Col2Im x i[4,4] i[2,2]",
    "columns_far_apart": "1,12,9: y = Col2Im x i[7,6] i[3,2] strides=[2,2] pads=[1,1,0,1] dilations=[1,2]",
    # Attention of newer operator sets.
    "attention": "1,3,6,8: k = MatMul x a[8,8]; v = MatMul x w[8,8]; y = Attention x k v",
    "attention_of_joined_heads":
        "1,6,12: k = MatMul x a[12,12]; v = MatMul x w[12,12]; y = Attention x k v m[6,6] q_num_heads=3 kv_num_heads=3 scale=0.5",
    "attention_of_masked_pairs":
        "1,3,6,8: k = MatMul x a[8,8]; v = MatMul x w[8,8]; b = Less l[6,6] r[6,6]; y = Attention x k v b",
    # Volumes that are pooled along some axes, as PyTorch writes local response normalisation, and bounds of a clamp.
    "mean_pooling_of_depth":
        "1,6,5,5: u = Unsqueeze x i[1]; p = Pad u i[0,0,1,0,0,0,0,1,0,0]; a = AveragePool p kernel_shape=[3,1,1] strides=[1,1,1]; "
        "q = Squeeze a i[1]; y = Mul x q",
    "max_pooling_of_height_and_width":
        "1,12,8,8: " + VOLUME + "m = MaxPool v kernel_shape=[1,3,2] strides=[1,2,2] pads=[0,1,0,0,1,0] ceil_mode=1; y = Relu m",
    "clip_to_the_mean": "1,4,6: m = ReduceMean x keepdims=0; y = Clip x m",
    # Recurrent layers: all states and the last ones, first states that are given, both directions, and a batch of two.
    "lstm": "1,7,6: " + STEPS + "l,h,c = LSTM t w[1,20,6] r[1,20,5] b[1,40] hidden_size=5; s = Squeeze l i[1]; y = Concat s h c axis=0",
    "lstm_of_both_directions":
        "1,7,6: " + STEPS + "l = LSTM t w[2,20,6] r[2,20,5] b[2,40] _ h[2,1,5] c[2,1,5] hidden_size=5 direction=bidirectional; "
        "p = Transpose l perm=[0,2,1,3]; y = Reshape p i[0,0,-1]",
    "lstm_from_the_last_step":
        "1,7,6: " + STEPS + "l = LSTM t w[1,20,6] r[1,20,5] hidden_size=5 direction=reverse activations=[Sigmoid,Relu,Softsign]; y = Squeeze l i[1]",
    "gru_of_two": "1,10,6: t = Reshape x i[5,2,6]; g,h = GRU t w[1,15,6] r[1,15,5] b[1,30] hidden_size=5 linear_before_reset=1; "
        "s = Squeeze g i[1]; y = Concat s h axis=0",
    "gru_with_an_early_reset":
        "1,7,6: " + STEPS + "g = GRU t w[2,15,6] r[2,15,5] b[2,30] _ h[2,1,5] hidden_size=5 direction=bidirectional; y = Relu g",
    "gru_without_biases": "1,7,6: " + STEPS + "g = GRU t w[1,15,6] r[1,15,5] hidden_size=5; y = Relu g",
    "rnn": "1,7,6: " + STEPS + "l,h = RNN t w[1,5,6] r[1,5,5] b[1,10] hidden_size=5 activations=[Relu]; s = Squeeze l i[1]; y = Concat s h axis=0",
    # A constant that has as many axes as the values, where the layout of these is that of tokens.
    "constant_of_channels_of_a_token":
        "1,2,16: " + STEPS + "g = Slice t i[0] i[1] i[0]; q = Squeeze g i[0]; s = Relu q; u = Slice s i[0] i[4] i[1]; "
        "v = Slice s i[4] i[8] i[1]; k = Mul u c[1,4]; y = Add k v",
    # What ONNX Runtime's optimiser writes.
    "fused_convolution": "1,3,8,8: c = Conv x v[4,3,1,1]; y = com.microsoft.FusedConv x w[4,3,3,3] b[4] c pads=[1,1,1,1] activation=Relu",
    "fused_convolution_in_bounds":
        "1,3,8,8: y = com.microsoft.FusedConv x w[4,3,3,3] activation=Clip activation_params=[-0.5,0.25]",
    "fused_linear_layer": "1,6: y = com.microsoft.FusedGemm x w[6,4] b[4] activation=LeakyRelu activation_alpha=0.25",
    "scaled_product": "1,3,6,8: k = MatMul x a[8,8]; y = com.microsoft.FusedMatMul x k alpha=0.25 transB=1",
    "gelus":
        "1,5,8: a = com.microsoft.BiasGelu x b[8]; q = com.microsoft.QuickGelu a alpha=1.5; f = com.microsoft.FastGelu q; y = com.microsoft.Gelu f",
    "norm_of_a_sum":
        "1,5,8: s = Relu x; n,_,_,t = com.microsoft.SkipLayerNormalization x s g[8] b[8] c[8] epsilon=0.001; y = Mul n t",
    "root_mean_square_of_a_sum": "1,5,8: s = Relu x; n = com.microsoft.SkipSimplifiedLayerNormalization x s g[8] epsilon=0.001; "
        "y = SimplifiedLayerNormalization n h[8] axis=-1",
}


def attribute(text):
    name, value = text.split("=", 1)
    if re.fullmatch(r"\[?-?[\d.]+(,-?[\d.]+)*\]?", value):
        value = json.loads(value)
    elif value.startswith("["):
        value = value.strip("[]").split(",")
    return name, value


def parsed(text, extents, random):
    """The graph of the nodes `text`."""
    nodes, initializers = [], {}

    def name_of(word):
        if "[" not in word:
            return word.strip("_")
        kind, rest = word.split("[", 1)
        name = word if kind == "i" else kind
        if name not in initializers:
            value = json.loads("[" + rest)
            if kind == "i":
                array = np.array(value, np.int64)
            elif kind == "ones":
                array = np.ones(value, np.float32)
            else:
                array = (random.random(value, np.float32) - 0.5).astype(np.float32)
            initializers[name] = numpy_helper.from_array(array, name)
        return name

    for line in text.split(";"):
        results, _, operation, *words = line.split()
        domain, _, operation = operation.rpartition(".")
        results = [result.strip("_") for result in results.split(",")]
        inputs = [name_of(word) for word in words if "=" not in word]
        attributes = dict(attribute(word) for word in words if "=" in word)
        nodes.append(helper.make_node(operation, inputs, results, domain=domain, **attributes))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, extents)
    y = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    return helper.make_graph(nodes, "graph", [x], [y], list(initializers.values()))


def main():
    random, tensors = np.random.default_rng(0), {}
    for name, case in CASES.items():
        extents, text = case.split(":", 1)
        extents = [int(extent) for extent in extents.split(",")]
        graph = parsed(text, extents, random)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        x = random.random(extents, np.float32) - np.float32(0.5)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        answer, = session.run(None, {"x": x})
        tensors[f"{name}/model"] = np.frombuffer(model.SerializeToString(), np.uint8)
        tensors[f"{name}/in/x"] = x
        tensors[f"{name}/out/{graph.output[0].name}"] = answer
        print(name, answer.shape)
    save_file(tensors, TARGET)
    print(len(CASES), "cases", os.path.getsize(TARGET), "bytes")


main()
