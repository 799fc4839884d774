"""Computes the answers of the reference frameworks with synthetic weights, for comparison in the tests.

Weights and input are computed from their names (synthetic.py), so they need no file. The frameworks
compute in float64, so that all differences are rounding errors of menagerie.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import nn

import atomic
import synthetic
import tensor_file
from zoo import ZOO, Reference, Weights

# Keras computes a batchnorm in float32 even where everything around it is float64.
AGREEMENT = 2e-6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(ZOO)}")
    parser.add_argument("--output", type=Path, default=Path("tests/golden"), help="a folder")
    # The last bits of a sum depend on how many threads it was split among.
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if unknown := set(arguments.models) - ZOO.keys():
        raise SystemExit(f"error: no such model: {', '.join(sorted(unknown))}")

    torch.set_num_threads(arguments.threads)
    for name in arguments.models or ZOO:
        for seed, batch, size in cases(name):
            write_case(arguments.output, name, seed, batch, size)


def cases(name: str) -> list[tuple[int, int, tuple[int, int]]]:
    """Seed, batch and input size of each golden output of a model."""
    size = ZOO[name].size
    chosen = [(0, 1, size), (1, 1, size), (0, 1, ZOO[name].second_size)]
    chosen += [(0, 1, size) for size in ZOO[name].more_sizes]
    if name == "resnet18":
        chosen.append((0, 3, size))
    return chosen


def write_case(folder: Path, name: str, seed: int, batch: int, size: tuple[int, int]) -> None:
    reference = ZOO[name]
    shape = (batch, reference.channels, *size)
    output = run(name, reference, seed, synthetic.network_input(shape, seed))
    metadata = {
        "framework": reference.framework,
        "version": version(reference.framework),
        "model": name,
        "seed": str(seed),
        "input": "x".join(map(str, shape)),
    }
    file = f"{name}-seed{seed}-{size[0]}x{size[1]}"
    file += f"-batch{batch}" if batch > 1 else ""
    rows = {"output": output.reshape(batch, -1)}
    atomic.write(folder / f"{file}.safetensors", tensor_file.encode(rows, metadata))


@torch.inference_mode()
def run(name: str, reference: Reference, seed: int, images: np.ndarray) -> np.ndarray:
    model, weights = with_weights(reference.build(), seed)
    output = model(torch.from_numpy(images).double()).numpy()
    if not np.isfinite(output).all():
        raise SystemExit(f"error: {name} does not give finite numbers")
    if reference.second_opinion:
        other = reference.second_opinion(weights, images)
        difference = np.abs(other - output).max() / np.abs(output).max()
        if not difference <= AGREEMENT:
            raise SystemExit(f"error: two references of {name} differ by {difference:.1e}")
    return output


def with_weights(model: nn.Module, seed: int) -> tuple[nn.Module, Weights]:
    """`model` in float64 with the synthetic weights of its own names, and those weights."""
    weights = {
        key: synthetic.tensor(key, tuple(value.shape), seed)
        for key, value in model.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    return model.double().eval(), weights


if __name__ == "__main__":
    main()
