"""What notebooks show."""

import base64
import html.parser
import io
import re

import numpy
import PIL.Image
import pytest

import menagerie


class Checker(html.parser.HTMLParser):
    """Finds tags that are not closed, and collects text and sources of pictures."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.pictures = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.pictures.append(dict(attributes)["src"])
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def shown(answer):
    checker = Checker()
    checker.feed(answer._repr_html_())
    assert not checker.open
    return checker


def test_classes_have_bars(mobilenet):
    answer = mobilenet.classify("samples/cat.png")
    found = shown(answer)
    assert answer[0].label in found.text and f"{answer[0].probability:.1%}" in found.text
    widths = re.findall(r"width:([\d.]+)px;height", answer._repr_html_())
    numpy.testing.assert_allclose([float(width) for width in widths], [100 * guess.probability for guess in answer], atol=0.06)


def test_labels_are_text():
    graph = menagerie.Graph("net")
    graph.output("y", graph.linear("y", graph.global_average_pool("p", graph.image("x", (3, 8, 8))), 2))
    net = menagerie.load(graph, weights="synthetic:0", labels=["<b>", "&amp;"], preprocess={"resize": 8, "crop": (8, 8)})
    assert set(shown(net.classify(numpy.zeros((9, 9, 3), "uint8"))).text) >= {"<b>", "&amp;"}


@pytest.mark.parametrize("answer", ["mask", "heat", "classes"])
def test_pictures_are_shown(mobilenet, answer):
    answer = {
        "mask": lambda: menagerie.load("unet_small").segment("samples/cells.png"),
        "heat": lambda: mobilenet.explain("samples/coffee.png"),
        "classes": lambda: menagerie.load(
            "lraspp_mobilenet_v3_large", weights="synthetic:0", size=(64, 64)
        ).segment("samples/cells.png"),
    }[answer]()
    (source,) = shown(answer).pictures
    picture = PIL.Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/png;base64,"))))
    assert max(picture.size) <= 480
    assert len(answer._repr_html_()) < 600_000


def test_a_summary_is_a_table(lenet):
    found = shown(lenet.summary())
    assert "61,706 parameters" in "".join(found.text)
    assert repr(lenet.summary()).startswith("Summary(lenet5")
