"""The examples of docstrings, and the programs on the pages of the documentation, run."""

import ast
import doctest
import pathlib
import re

import numpy
import pytest

import menagerie

CHECKOUT = pathlib.Path(__file__).parents[2]


def documented():
    yield "menagerie", menagerie.__doc__
    for name in menagerie.__all__:
        item = getattr(menagerie, name)
        yield name, item.__doc__
        if isinstance(item, type):
            yield from ((f"{name}.{key}", value.__doc__) for key, value in vars(item).items() if not key.startswith("_"))
            yield f"{name}.__call__", getattr(vars(item).get("__call__"), "__doc__", None)


def programs(page):
    """The programs of Python on a page."""
    return re.findall(r"^```python\n(.*?)^```$", (CHECKOUT / page).read_text(), re.M | re.S)


EXAMPLES = {name: text for name, text in documented() if text and ">>>" in text}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_docstrings(name):
    names = {"menagerie": menagerie, "numpy": numpy}
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], names, name, None, 0)
    results = []
    doctest.DocTestRunner().run(test, out=results.append)
    assert not results, "".join(results)


def test_every_part_has_examples():
    assert len(EXAMPLES) >= 15


def test_the_programs_of_the_page_run(tmp_path, monkeypatch):
    """One after the other, as a person would type them."""
    for folder in ("samples", "weights"):
        (tmp_path / folder).symlink_to(CHECKOUT / folder)
    monkeypatch.chdir(tmp_path)
    names = {}
    pieces = programs("docs/python.md")
    assert len(pieces) >= 5
    shown = [shown_by_notebook(piece, names) for piece in pieces]
    assert (tmp_path / "heat.png").exists()
    # From a photo to a heat map.
    classes, heat = (html for html in shown if html)
    assert "Egyptian cat" in classes and "<img" in heat


def shown_by_notebook(piece, names):
    """Runs a piece as a cell, and returns what a notebook shows of the expression at its end."""
    cell = ast.parse(piece)
    last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
    exec(compile(cell, "cell", "exec"), names)
    answer = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    return answer._repr_html_() if hasattr(answer, "_repr_html_") else None


def test_the_lines_of_the_readme_run(capsys):
    (lines,) = programs("README.md")
    exec(lines, {})
    assert "Egyptian cat" in capsys.readouterr().out


def test_the_network_of_the_page_is_short():
    (piece,) = (piece for piece in programs("docs/python.md") if "def residual_net" in piece)
    assert len(piece.split("\n\n\n")[0].splitlines()) <= 15
