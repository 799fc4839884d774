"""Networks of one's own."""

import json
import pathlib
import shutil
import warnings

import numpy
import onnx_file
import pytest
import synthetic
from safetensors_file import read

import menagerie


def residual_net(hidden=128, classes=10):
    net = menagerie.Graph("residual_net")
    x = net.image("x", (32, 32, 32))
    y = net.relu("relu1", net.conv("conv1", x, 32, 3, padding="same"))
    y = net.relu("relu2", net.conv("conv2", y, 32, 3, padding="same"))
    y = net.max_pool("pool", net.add("add", x, y), 2)
    y = net.relu("relu3", net.linear("hidden", net.flatten("flatten", y), hidden))
    net.output("output", net.linear("output", y, classes))
    return net


def test_a_residual_network_answers_as_pytorch():
    expected, about = read("tests/golden/examples/residual_net.safetensors")
    x = synthetic.network_input(tuple(map(int, about["input"].split("x"))), int(about["seed"]))
    found = menagerie.load(residual_net(), weights=f"synthetic:{about['seed']}")(x)
    difference = numpy.abs(found - expected["output"]).max() / numpy.abs(expected["output"]).max()
    assert difference <= 1e-5
    assert residual_net().summary().parameters == 1_068_490


def test_every_layer_adds_its_kind():
    net = menagerie.Graph("all")
    x = net.image("x", (4, 8, 8))
    made = {
        "conv2d": net.conv("conv", x, 8, 3, stride=2, padding=1, groups=2, bias=False),
        "conv_transpose2d": net.conv_transpose("up", x, 2, 2, stride=2),
        "batch_norm": net.batch_norm("bn", x),
        "layer_norm": net.layer_norm("ln", x),
        "group_norm": net.group_norm("gn", x, 2),
        "prelu": net.prelu("prelu", x),
        "softmax": net.softmax("softmax", x),
        "dropout": net.dropout("dropout", x),
        "max_pool": net.max_pool("max", x, 3, stride=2, padding=1),
        "average_pool": net.average_pool("mean", x, 3, stride=2, ceil=True),
        "adaptive_average_pool": net.adaptive_average_pool("cells", x, 2),
        "global_average_pool": net.global_average_pool("means", x),
        "add": net.add("add", x, x),
        "pointwise": net.multiply("multiply", x, x),
        "concat": net.concat("concat", [x, x]),
        "flatten": net.flatten("flatten", x),
        "pad": net.pad("pad", x, (1, 2, 3, 4)),
        "resize": net.resize("resize", x, (16, 4), "bilinear"),
        "linear": net.linear("linear", net.global_average_pool("vector", x), 5),
        "activation": net.activation("leaky", x, "leaky_relu", 0.2),
    }
    shapes = {layer["name"]: (layer["kind"], layer["shape"]) for layer in net.summary().layers}
    for kind, value in made.items():
        assert any(found == (kind, list(value.shape)) for found in shapes.values()), (kind, value, shapes)
    assert made["pad"].shape == (4, 12, 14)
    assert [part.shape for part in net.split("split", x, [1, 3])] == [(1, 8, 8), (3, 8, 8)]


def test_a_graph_may_have_several_inputs_and_outputs():
    net = menagerie.Graph("two")
    a, b = net.image("a", (2, 4, 4)), net.image("b", (2, 4, 4))
    net.output("sum", net.add("add", a, b))
    net.output("product", net.multiply("multiply", a, b))
    a, b = (synthetic.network_input((1, 2, 4, 4), seed) for seed in range(2))
    loaded = menagerie.load(net, weights="synthetic:0")
    found = loaded.run({"b": b, "a": a})
    assert list(found) == ["sum", "product"] and loaded.input is None
    assert (found["sum"] == a + b).all() and (found["product"] == a * b).all()
    with pytest.raises(menagerie.InputError, match="b"):
        loaded.run({"a": a})


def test_scopes_name_parameters():
    net = menagerie.Graph("blocks")
    x = net.image("x", (2, 4, 4))
    block = net.at("layer1").at(0)
    net.output("y", block.conv("conv1", x, 2, 1))
    weights = {"layer1.0.conv1.weight": numpy.eye(2, dtype="float32")[..., None, None]}
    weights["layer1.0.conv1.bias"] = numpy.array([1, 2], "float32")
    x = synthetic.network_input((1, 2, 4, 4), 0)
    found = menagerie.load(net, weights=weights)(x)
    numpy.testing.assert_allclose(found, x + numpy.array([1, 2], "float32")[:, None, None], atol=1e-6)


def test_mistakes_are_found_where_they_are_made():
    net, other = menagerie.Graph("net"), menagerie.Graph("other")
    x, y = net.image("x", (3, 8, 8)), other.image("x", (3, 8, 8))
    for mistake, message in [
        (lambda: net.conv("conv1", x, 32, 3, groups=2), "conv1"),
        (lambda: net.conv("conv1", x, 32, 3, padding="valid"), "same"),
        (lambda: net.relu("relu", y), "another"),
        (lambda: net.activation("f", x, "relu", 0.5), "no slope"),
        (lambda: net.activation("f", x, "step"), "step"),
        (lambda: net.resize("r", x, (4, 4), "cubic"), "cubic"),
        (lambda: menagerie.load(net, weights="synthetic:0"), "output"),
    ]:
        with pytest.raises(menagerie.InputError, match=message):
            mistake()
    net.output("y", net.relu("relu", x))
    with pytest.raises(menagerie.WeightsError, match="needs weights"):
        menagerie.load(net)
    assert menagerie.load(net, weights="synthetic:0").input == (3, 8, 8)


def test_an_onnx_file_is_a_network(tmp_path):
    """One of the files of `tools/onnx_networks.py`, whose weights are synthetic."""
    golden = pathlib.Path("tests/golden/onnx/networks/lcnet_035.legacy.onnx")
    about = json.loads(golden.with_suffix(".json").read_text())
    gain = numpy.float32(about["gain"])
    with open(tmp_path / "weights.bin", "wb") as file:
        for name, extents, _ in about["weights"]:
            values = synthetic.tensor(name, tuple(extents), 0)
            file.write((values * gain if len(extents) > 1 else values).tobytes())
    path = shutil.copy(golden, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The file does not say what photos are.
        net = menagerie.load(path)
    assert net.input == (3, 64, 64)
    expected, _ = read(golden.with_suffix(".safetensors"))
    found = net(synthetic.network_input((1, 3, 64, 64), 0))
    assert numpy.abs(found - expected["output"]).max() <= 1e-5 * numpy.abs(expected["output"]).max()


def test_arrays_of_an_onnx_file_have_its_axes(tmp_path):
    path = tmp_path / "axes.onnx"
    path.write_bytes(onnx_file.axes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of two outputs, the answer is the first one.
        net = menagerie.load(path)
    words, scale = numpy.arange(20, dtype="float32").reshape(2, 5, 2), numpy.array([3, 4], "float32")
    found = net.run({"words": words, "scale": scale})
    assert (found["doubled"] == 2 * words).all() and found["doubled"].shape == (2, 5, 2)
    assert (found["more"] == scale + 1).all() and found["more"].shape == (2,)
    for wrong in ({"words": words.transpose(0, 2, 1), "scale": scale}, {"words": words, "scale": scale[:1]}):
        with pytest.raises(menagerie.InputError):
            net.run(wrong)
