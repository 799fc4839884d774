"""What notebooks show of answers and summaries: small tables with bars, and pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from . import Classification, Explanation, Mask, Segmentation, Summary

# The longest side of a picture in pixels.
_SIDE = 480


def classification(answer: Classification) -> str:
    return _bars((guess.label, guess.probability, f"{guess.probability:.1%}") for guess in answer)


def explanation(answer: Explanation) -> str:
    return _picture(answer.picture()) + _bars([(answer.label, answer.probability, f"{answer.probability:.1%}")])


def mask(answer: Mask) -> str:
    share = answer.covered()
    return _picture(answer.picture()) + _bars([("covered", share, f"{share:.1%}")])


def segmentation(answer: Segmentation) -> str:
    rows = [(row["label"], row["share"], f"{row['share']:.1%}", row["colour"]) for row in answer.shares]
    return _picture(answer.picture()) + _bars(rows)


def summary(network: Summary) -> str:
    most = max((layer["parameters"] for layer in network.layers), default=0) or 1
    rows = (
        (
            f"{layer['name']} ({layer['kind']}) {'x'.join(map(str, layer['shape']))}",
            layer["parameters"] / most,
            f"{layer['parameters']:,}",
        )
        for layer in network.layers
    )
    return f"<b>{html.escape(network.name)}</b>: {network.parameters:,} parameters" + _bars(rows)


def _bars(rows: Iterable[tuple[str, float, str] | tuple[str, float, str, str]]) -> str:
    """A table of a text, a bar from 0 to 1, a number, and the colour of the bar."""
    cells = []
    for text, share, number, *colour in rows:
        width = 100 * min(max(share, 0), 1)
        bar = f"<div style='width:{width:.1f}px;height:0.7em;background:{(colour or ['#4878d0'])[0]}'></div>"
        cells.append(
            f"<tr><td style='text-align:left'>{html.escape(text)}</td><td style='min-width:100px'>{bar}</td>"
            f"<td style='text-align:right'>{number}</td></tr>"
        )
    return f"<table>{''.join(cells)}</table>"


def _picture(image: Image) -> str:
    image.thumbnail((_SIDE, _SIDE))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"<img src='data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}'>"
