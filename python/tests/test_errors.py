"""Errors are exceptions of a small hierarchy, with the library's message and code."""

import pickle

import numpy
import pytest

import menagerie


@pytest.mark.parametrize(
    ("arguments", "error", "code", "message"),
    [
        ({"network": "resnet51"}, menagerie.InputError, "unknown_model", "did you mean resnet50?"),
        ({"network": 3}, menagerie.InputError, "input", "found a <class 'int'>"),
        ({"network": "lenet5", "precision": "f8"}, menagerie.InputError, "input", "expected f32, f16-storage or f16"),
        ({"network": "lenet5", "batch": 0}, menagerie.InputError, "input", "at least 1 image"),
        ({"network": "lenet5", "weights": "no-such-file"}, menagerie.AccessError, "io", "no-such-file"),
        ({"network": "lenet5", "weights": "weights/unet_small.safetensors"}, menagerie.WeightsError, "weights", "lenet5"),
        ({"network": "lenet5", "weights": {}}, menagerie.WeightsError, "weights", "dictionary"),
        ({"network": "lenet5", "weights": {"a": "b"}}, menagerie.InputError, "input", "a: expected an array"),
        ({"network": "lenet5", "device": "no such GPU"}, menagerie.DeviceError, "unknown_adapter", "no such GPU"),
        ({"network": "lenet5", "device": 1.5}, menagerie.InputError, "input", "found a <class 'float'>"),
        ({"network": "no-such.onnx"}, menagerie.AccessError, "io", "no-such.onnx"),
    ],
)
def test_what_cannot_be_loaded(arguments, error, code, message):
    arguments = {"weights": "synthetic:0", **arguments} if arguments["network"] == "lenet5" else arguments
    with pytest.raises(error, match=".") as raised:
        menagerie.load(**arguments)
    assert type(raised.value) is error and isinstance(raised.value, menagerie.Error)
    assert (raised.value.code, raised.value.message) == (code, str(raised.value))
    assert message in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (numpy.zeros((1, 1, 28, 28)), "found float64 of 1x1x28x28"),
        (numpy.zeros((1, 28, 28), "float32"), "found float32 of 1x28x28"),
        (numpy.zeros((0, 1, 28, 28), "float32"), "at least one image"),
        (numpy.zeros((1, 3, 28, 28), "float32"), "channel"),
        ([[1.0]], "found a <class 'list'>"),
    ],
)
def test_what_is_no_input(lenet, x, message):
    with pytest.raises(menagerie.InputError, match=message):
        lenet(x)


def test_tasks_of_other_networks(mobilenet, lenet):
    with pytest.raises(menagerie.InputError) as raised:
        mobilenet.segment("samples/cat.png")
    assert raised.value.code == "wrong_task"
    with pytest.raises(menagerie.InputError):
        lenet.explain("samples/cat.png")
    with pytest.raises(menagerie.InputError, match='no class is called "zzz"'):
        mobilenet.explain("samples/cat.png", "zzz")


def test_python_s_own_classes_are_bases():
    assert issubclass(menagerie.InputError, ValueError)
    assert issubclass(menagerie.DeviceError, RuntimeError)
    assert issubclass(menagerie.AccessError, OSError)


@pytest.mark.parametrize("error", [menagerie.InputError, menagerie.AccessError])
def test_errors_travel_between_processes(error):
    copy = pickle.loads(pickle.dumps(error("a message", "input")))
    assert (type(copy), str(copy), copy.code) == (error, "a message", "input")
