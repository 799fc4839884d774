"""Arrays of any library, in and out."""

import array

import numpy
import pytest
import synthetic

import menagerie


@pytest.fixture
def x():
    return synthetic.network_input((2, 1, 28, 28), 0)


def test_any_buffer_of_float32_is_an_input(lenet, x):
    expected = lenet(x)
    assert (expected.dtype, expected.shape) == (numpy.float32, (2, 10))
    transposed = numpy.ascontiguousarray(x.transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2)
    read_only = x.copy()
    read_only.flags.writeable = False
    view = memoryview(array.array("f", x.ravel())).cast("B").cast("f", x.shape)
    for same in (transposed, read_only, view, OnlyDLPack(x)):
        assert (lenet(same) == expected).all()


def test_answers_are_arrays_of_their_own(lenet, x):
    first, copy = lenet(x), lenet(x).copy()
    lenet(numpy.zeros_like(x))
    assert (first == copy).all()
    first[:] = 0
    assert (numpy.from_dlpack(first) == 0).all()


def test_weights_are_a_dictionary_of_arrays(lenet, x):
    from safetensors_file import read

    weights, _ = read("weights/lenet5.safetensors")
    assert (menagerie.load("lenet5", weights=weights)(x) == lenet(x)).all()
    transposed = {name: numpy.asfortranarray(values) for name, values in weights.items()}
    assert (menagerie.load("lenet5", weights=transposed)(x) == lenet(x)).all()
    halves = {name: values.astype("float16") for name, values in weights.items()}
    numpy.testing.assert_allclose(menagerie.load("lenet5", weights=halves)(x), lenet(x), atol=0.1)
    name = next(iter(weights))
    del weights[name]
    with pytest.raises(menagerie.WeightsError, match=name):
        menagerie.load("lenet5", weights=weights)


class OnlyDLPack:
    """An array with neither a buffer nor `__array__`, as on other devices."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


def test_tensors_of_pytorch(lenet, x):
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(x)
    assert (lenet(tensor) == lenet(x)).all()
    assert torch.from_dlpack(lenet(x)).shape == (2, 10)
    layer = torch.nn.Conv2d(1, 4, 3)
    graph = menagerie.Graph("net")
    graph.output("y", graph.conv("conv", graph.image("x", (1, 28, 28)), 4, 3))
    weights = {f"conv.{name}": values.detach() for name, values in layer.state_dict().items()}
    with torch.no_grad():
        expected = layer(tensor).numpy()
    numpy.testing.assert_allclose(menagerie.load(graph, weights=weights)(tensor), expected, atol=1e-5)
    with pytest.raises(menagerie.InputError, match="grad"):
        lenet(tensor.clone().requires_grad_())
