"""Evaluates ONNX models in float64, by the reference evaluator of onnx.

The evaluator's own convolutions and poolings are loops of Python. Its BatchNormalization of operator sets 9 to 13 mixes
statistics of the batch into those of the file where a node has a `momentum`, as all of PyTorch's have.
"""

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

F = torch.nn.functional


def padded(x, pads, value=0.0):
    """`x` as a tensor of torch, with ONNX's padding: first all begins, then all ends."""
    rank = x.ndim - 2
    pads = list(pads or [0] * (2 * rank))
    sides = [side for axis in reversed(range(rank)) for side in (pads[axis], pads[axis + rank])]
    return F.pad(torch.tensor(x), sides, value=value)


def same(auto_pad, x, kernel, strides, dilations, pads):
    """The padding that `auto_pad` stands for."""
    if auto_pad in (None, "NOTSET"):
        return pads
    begins, ends = [], []
    for size, side, stride, dilation in zip(x.shape[2:], kernel, strides, dilations):
        total = max(0, (-(-size // stride) - 1) * stride + (side - 1) * dilation + 1 - size)
        total = 0 if auto_pad == "VALID" else total
        begins.append(total // 2 if auto_pad == "SAME_UPPER" else total - total // 2)
        ends.append(total - begins[-1])
    return begins + ends


class Conv(OpRun):
    op_domain = ""

    def _run(self, x, w, b=None, auto_pad=None, dilations=None, group=None, kernel_shape=None, pads=None, strides=None):
        rank = x.ndim - 2
        strides, dilations = tuple(strides or [1] * rank), tuple(dilations or [1] * rank)
        pads = same(auto_pad, x, w.shape[2:], strides, dilations, pads)
        convolution = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
        bias = None if b is None else torch.tensor(b)
        return (convolution(padded(x, pads), torch.tensor(w), bias, strides, 0, dilations, group or 1).numpy(),)


class MaxPool(OpRun):
    op_domain = ""

    def _run(
        self, x, auto_pad=None, ceil_mode=None, dilations=None, kernel_shape=None, pads=None, storage_order=None, strides=None
    ):
        strides, dilations = strides or [1, 1], dilations or [1, 1]
        pads = same(auto_pad, x, kernel_shape, strides, dilations, pads)
        whole = padded(x, pads, -np.inf)
        return (F.max_pool2d(whole, kernel_shape, strides, 0, dilations, bool(ceil_mode)).numpy(),)


class AveragePool(OpRun):
    op_domain = ""

    def _run(
        self, x, auto_pad=None, ceil_mode=None, count_include_pad=None, dilations=None, kernel_shape=None, pads=None, strides=None
    ):
        if any(dilation != 1 for dilation in dilations or []):
            raise ValueError(f"dilations {dilations}")
        strides = strides or [1, 1]
        pads = same(auto_pad, x, kernel_shape, strides, [1, 1], pads)

        def mean(values, pads):
            # What ceil_mode adds at the end counts as no pixel.
            whole, extra = padded(values, pads), []
            for size, side, stride in zip(whole.shape[2:], kernel_shape, strides):
                extra.append(-(size - side) % stride if ceil_mode else 0)
            whole = F.pad(whole, (0, extra[1], 0, extra[0]))
            return F.avg_pool2d(whole, kernel_shape, strides, 0).numpy()

        pixels = np.ones_like(x[:, :1])
        if count_include_pad:
            pixels = padded(pixels, pads, 1.0).numpy()
            return (mean(x, pads) / mean(pixels, None),)
        return (mean(x, pads) / mean(pixels, pads),)


class BatchNormalization(OpRun):
    op_domain = ""

    def _run(self, x, scale, bias, mean, var, epsilon=None, momentum=None, spatial=None, training_mode=None):
        # Before operator set 14, further results stand for training.
        if training_mode or training_mode is None and len(self.output) > 1:
            axes = (0, *range(2, x.ndim))
            mean, var = x.mean(axes), x.var(axes)
        along = (-1, *[1] * (x.ndim - 2))
        scale, bias, mean, var = (value.reshape(along) for value in (scale, bias, mean, var))
        result = (x - mean) / np.sqrt(var + (epsilon or 1e-5)) * scale + bias
        return (result, *[mean.reshape(-1)] * (len(self.output) - 1))


def in_float64(model):
    """The model with all floats in float64."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for index, tensor in enumerate(model.graph.initializer):
        if tensor.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(tensor).astype(np.float64)
            model.graph.initializer[index].CopyFrom(numpy_helper.from_array(array, tensor.name))
    for value in (*model.graph.input, *model.graph.output):
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type == TensorProto.FLOAT:
                array = numpy_helper.to_array(attribute.t).astype(np.float64)
                attribute.t.CopyFrom(numpy_helper.from_array(array))
            if node.op_type == "Cast" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
    return model


def answers(model, inputs):
    """The outputs of `model`, whose weights are in it, for float32 `inputs` by name."""
    evaluator = ReferenceEvaluator(in_float64(model), new_ops=[Conv, MaxPool, AveragePool, BatchNormalization])
    return evaluator.run(None, {name: value.astype(np.float64) for name, value in inputs.items()})
