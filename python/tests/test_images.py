"""Every kind of argument that is an image."""

import pathlib

import numpy
import PIL.Image
import pytest

import menagerie

CAT = "samples/cat.png"


def opened(path):
    return PIL.Image.open(path)


@pytest.mark.parametrize(
    "image",
    [
        pathlib.Path,
        lambda path: pathlib.Path(path).read_bytes(),
        lambda path: bytearray(pathlib.Path(path).read_bytes()),
        opened,
        lambda path: opened(path).convert("RGBA"),
        lambda path: numpy.asarray(opened(path)),
        lambda path: numpy.asfortranarray(opened(path)),
        lambda path: numpy.asarray(opened(path))[:, ::-1][:, ::-1],
    ],
)
def test_the_same_pixels_have_the_same_scores(mobilenet, image):
    expected = mobilenet.classify(CAT).scores
    assert (mobilenet.classify(image(CAT)).scores == expected).all()


def files():
    """The photos of the library's own tests that Pillow opens, but those whose range of values it does not know."""
    for path in sorted(pathlib.Path(__file__).parents[2].glob("tests/photo/files/*.*")):
        try:
            if opened(path).mode != "F" and path.stem != "gray_32bit":
                yield pytest.param(path, id=path.name)
        except PIL.UnidentifiedImageError:
            pass


@pytest.mark.parametrize("path", list(files()))
def test_a_file_and_its_image_of_pillow_have_nearly_the_same_input(path):
    """Both round for themselves, and their interpolations of CMYK profiles differ by up to 16 of 255 levels. A photo that
    is not turned, or not converted, differs by more."""
    found, expected = inputs_of(path), inputs_of(PIL.Image.open(path))
    assert numpy.abs(found - expected).max() <= 16.5 / 255


def inputs_of(image):
    """What a network that passes its input on makes of `image`."""
    return passing().embed(image)


def passing(loaded={}):
    if not loaded:
        graph = menagerie.Graph("pass")
        x = graph.image("x", (3, 32, 32))
        graph.output("y", graph.relu("same", x))
        raw = {"resize": (32, 32), "mean": 0, "std": 1}
        loaded["net"] = menagerie.load(graph, weights="synthetic:0", layer="same", preprocess=raw)
    return loaded["net"]


def test_gray_pixels_are_of_two_or_three_axes(lenet):
    digit = numpy.asarray(opened("samples/digits/digit_3.png").convert("L"))
    expected = lenet.classify(digit)
    assert expected[0].label == "3"
    assert (lenet.classify(digit[..., None]).scores == expected.scores).all()


def test_many_are_a_list(mobilenet):
    pixels = numpy.stack([numpy.asarray(opened(CAT).resize((64, 48)))] * 2)
    for images in ([CAT, opened(CAT)], (CAT, CAT), iter([CAT, CAT]), pixels):
        answers = mobilenet.classify(images)
        assert isinstance(answers, list) and len(answers) == 2
        assert (answers[0].scores == answers[1].scores).all()
    assert mobilenet.classify([]) == []
    assert len(mobilenet.classify([CAT])) == 1


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (3, "expected an image: .* found a <class 'int'>"),
        (numpy.zeros((4, 4, 3), "float32"), "found float32 of 4x4x3"),
        (numpy.zeros((4, 4, 2), "uint8"), "found uint8 of 4x4x2"),
        (numpy.zeros((0, 4, 3), "uint8"), "at least one pixel"),
        (numpy.zeros((2, 2, 4, 4, 3), "uint8"), "found uint8 of 2x2x4x4x3"),
        (b"no image", "."),
        ([CAT, None], "found a <class 'NoneType'>"),
    ],
)
def test_what_is_no_image_is_refused(mobilenet, image, message):
    with pytest.raises(menagerie.InputError, match=message):
        mobilenet.classify(image)


def test_errors_stand_where_their_images_are(mobilenet):
    found = mobilenet.classify([CAT, "no-such.png", b"", CAT], errors="return")
    assert [type(answer) for answer in found] == [
        menagerie.Classification,
        menagerie.AccessError,
        menagerie.InputError,
        menagerie.Classification,
    ]
    with pytest.raises(menagerie.AccessError, match="no-such.png"):
        mobilenet.classify([CAT, "no-such.png"])
