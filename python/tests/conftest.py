"""Tests of the installed package. They run in the checkout, whose photos and weights they use."""

import os
import pathlib
import sys

import pytest

CHECKOUT = pathlib.Path(__file__).parents[2]
# Numbers that any framework can reproduce.
sys.path.insert(0, str(CHECKOUT / "tools"))


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)


@pytest.fixture(scope="session")
def command() -> pathlib.Path:
    """The command line, which must be built."""
    if given := os.environ.get("MENAGERIE"):
        return pathlib.Path(given)
    built = [CHECKOUT / "target" / profile / "menagerie" for profile in ("release", "debug")]
    return max((path for path in built if path.exists()), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="session")
def mobilenet():
    import menagerie

    return menagerie.load("mobilenet_v2")


@pytest.fixture(scope="session")
def lenet():
    import menagerie

    return menagerie.load("lenet5", weights=CHECKOUT / "weights" / "lenet5.safetensors")
