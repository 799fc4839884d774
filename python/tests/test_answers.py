"""What networks answer, against the command line and against PyTorch."""

import json
import subprocess

import numpy
import PIL.Image
import pytest
import synthetic

import menagerie
from safetensors_file import read, write


@pytest.mark.parametrize(("model", "shape"), [("lenet5", (3, 1, 28, 28)), ("mobilenet_v2", (1, 3, 96, 128))])
def test_logits_are_those_of_the_command_line(command, tmp_path, model, shape):
    x = synthetic.network_input(shape, 0)
    write(tmp_path / "x.safetensors", "input", x)
    arguments = ["--weights", "synthetic:0", "--input", tmp_path / "x.safetensors", "--output", tmp_path / "y.safetensors"]
    subprocess.run([command, "run", model, *arguments], check=True)
    net = menagerie.load(model, weights="synthetic:0", batch=len(x))
    expected, _ = read(tmp_path / "y.safetensors")
    assert net(x).tobytes() == expected["output"].tobytes()


def test_classes_are_those_of_the_command_line(command, mobilenet):
    photos = ["samples/cat.png", "samples/coffee.png"]
    ran = subprocess.run([command, "classify", "--json", *photos], check=True, capture_output=True)
    for line, answer in zip(ran.stdout.splitlines(), mobilenet.classify(photos), strict=True):
        expected = [(row["label"], row["index"], row["probability"]) for row in json.loads(line)["top"]]
        assert [(guess.label, guess.index, guess.probability) for guess in answer] == expected


@pytest.mark.parametrize("case", ["resnet18-seed0-224x224-batch3", "squeezenet1_1-seed0-193x161", "densenet121-seed0-193x161"])
def test_logits_are_those_of_torchvision(case):
    """`tools/golden.py` computed them, from the same synthetic numbers."""
    expected, about = read(f"tests/golden/{case}.safetensors")
    x = synthetic.network_input(tuple(map(int, about["input"].split("x"))), int(about["seed"]))
    found = menagerie.load(about["model"], weights=f"synthetic:{about['seed']}")(x)
    difference = numpy.abs(found - expected["output"]).max() / numpy.abs(expected["output"]).max()
    assert difference <= 1e-5


def test_features_and_layers(mobilenet):
    one, two = mobilenet.embed("samples/cat.png"), mobilenet.embed(["samples/cat.png", "samples/coffee.png"])
    assert (one.dtype, one.shape, two.shape) == (numpy.float32, (1280,), (2, 1280))
    assert (two[0] == one).all()
    assert one.flags.writeable
    layer = menagerie.load("mobilenet_v2", layer="features.0")
    assert layer.embed("samples/cat.png").shape == (32, 112, 112)


def test_masks_and_heat_maps_are_those_of_the_command_line(command, mobilenet, tmp_path):
    arguments = ["-o", tmp_path / "picture.png"]
    subprocess.run([command, "segment", "samples/cells.png", "--overlay", *arguments], check=True)
    mask = menagerie.load("unet_small").segment("samples/cells.png")
    assert (mask.width, mask.height) == (400, 300)
    assert mask.probabilities.shape == (300, 400)
    assert mask.covered(0.5) == (mask.probabilities >= 0.5).mean()
    assert mask.picture().tobytes() == PIL.Image.open(tmp_path / "picture.png").convert("RGB").tobytes()
    subprocess.run([command, "explain", "samples/cat.png", "--class", "281", *arguments], check=True)
    heat = mobilenet.explain("samples/cat.png", 281)
    assert (heat.index, heat.label) == (281, "tabby")
    assert heat.map.shape == (300, 451) and heat.map.min() == 0 and 0.9 < heat.map.max() <= 1
    assert heat.picture().tobytes() == PIL.Image.open(tmp_path / "picture.png").convert("RGB").tobytes()
    assert [answer.index for answer in mobilenet.explain(["samples/cat.png"], "tabby")] == [281]


def test_a_segmentation_has_the_classes_of_each_pixel():
    net = menagerie.load("lraspp_mobilenet_v3_large", weights="synthetic:0", size=(96, 96))
    found = net.segment("samples/cat.png")
    assert found.classes.shape == (300, 451) and found.classes.dtype == numpy.uint32
    indices, counts = numpy.unique(found.classes, return_counts=True)
    expected = {int(index): count / found.classes.size for index, count in zip(indices, counts)}
    assert {row["index"]: row["share"] for row in found.shares} == expected
    assert found.picture().size == (451, 300)


def test_profiles_and_lists():
    rows = menagerie.load("lenet5", weights="synthetic:0").profile(runs=2)
    # The two convolutions with a ReLU and a pooling each, and three linear layers.
    assert rows[0]["shape"] == (6, 28, 28) and rows[-1]["shape"] == (10, 1, 1)
    assert sum(row["flops"] for row in rows) > 2 * 281_640
    assert all(row["seconds"] is None or row["seconds"] > 0 for row in rows)
    models = {model["name"]: model for model in menagerie.models()}
    assert models["resnet50"]["input"] == (3, 224, 224) and models["unet_small"]["task"] == "segment"
    names = [adapter["name"] for adapter in menagerie.adapters()]
    assert menagerie.load("lenet5", weights="synthetic:0", device=0).device.startswith(names[0])
    assert menagerie.load("lenet5", weights="synthetic:0", device="cpu").device.startswith("cpu")
