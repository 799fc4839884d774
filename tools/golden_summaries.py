"""Writes what Keras's own summaries list, for the tests to hold ours to.

A line a layer: name, class, output shape and number of parameters, tabs between them; then the totals.
"""

import argparse
from pathlib import Path

import keras_application

import atomic


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", type=Path, default=Path("tests/golden/summaries"), help="a folder"
    )
    folder = parser.parse_args().output
    for name in keras_application.BUILD:
        model = keras_application.build(name, weights=None)
        lines = [
            f"{layer.name}\t{type(layer).__name__}\t{shape(layer.output.shape)}\t{layer.count_params()}"
            for layer in model.layers
        ]
        fixed = count(model.non_trainable_weights)
        lines += [f"total\t{model.count_params()}", f"non-trainable\t{fixed}"]
        atomic.write(folder / f"{name}.txt", "".join(f"{line}\n" for line in lines).encode())


def shape(extents: tuple[int | None, ...]) -> str:
    return f"({', '.join(map(str, extents))})"


def count(weights: list) -> int:
    total = 0
    for weight in weights:
        size = 1
        for extent in weight.shape:
            size *= extent
        total += size
    return total


if __name__ == "__main__":
    main()
