"""Computes the answers of the reference frameworks with synthetic weights, for comparison in the tests.

Weights and input are computed from their names (synthetic.py), so they need no file. The frameworks
compute in float64, so that all differences are rounding errors of menagerie.
"""

import argparse
from dataclasses import dataclass
from importlib.metadata import version
from math import gcd, sqrt
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
# An answer that float32 arithmetic is farther from proves nothing of ours.
CHAOS = 1e-5
# Of the pixels of a large map, one in at least so many is kept.
SPARSE = 23


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
    chosen = [(0, 1, size), (1, 1, size)] if size and not ZOO[name].costly else []
    chosen.append((0, 1, ZOO[name].second_size))
    chosen += [(0, 1, size) for size in ZOO[name].more_sizes]
    if name == "resnet18" and size:
        chosen.append((0, 3, size))
    return chosen


def write_case(folder: Path, name: str, seed: int, batch: int, size: tuple[int, int]) -> None:
    reference = ZOO[name]
    shape = (batch, reference.channels, *size)
    output, scales = run(name, reference, seed, synthetic.network_input(shape, seed))
    metadata = {
        "framework": reference.framework,
        "version": version(reference.framework),
        "model": name,
        "seed": str(seed),
        "input": "x".join(map(str, shape)),
    }
    file = f"{name}-seed{seed}-{size[0]}x{size[1]}"
    file += f"-batch{batch}" if batch > 1 else ""
    if reference.sampled:
        stride = pixel_stride(output)
        metadata["pixel_stride"] = str(stride)
        output = output.reshape(*output.shape[:2], -1)[:, :, ::stride]
    tensors = {"output": np.ascontiguousarray(output.reshape(batch, -1))}
    if scales:
        tensors["variance_scales"] = scales.variance
        metadata["float32_error"] = f"{scales.float32_error:.1e}"
    atomic.write(folder / f"{file}.safetensors", tensor_file.encode(tensors, metadata))


def pixel_stride(output: np.ndarray) -> int:
    """Of which number each pixel of maps is a multiple that is kept.

    The best two classes of each are apart, and all rows and columns get their turn.
    """
    width = output.shape[-1]
    for stride in range(SPARSE, 2 * SPARSE):
        kept = output.reshape(*output.shape[:2], -1)[:, :, ::stride]
        second, best = np.sort(kept, axis=1)[:, -2:].swapaxes(0, 1)
        apart = float((best - second).min() / np.abs(kept).max())
        if gcd(stride, width) == 1 and apart > 4 * CHAOS:
            return stride
    raise SystemExit("error: no stride keeps pixels whose classes are apart")


@dataclass(frozen=True)
class Scales:
    """What a network's synthetic running variances are multiplied by, and running means by its root."""

    # One for each batch norm, in the order of their names.
    variance: np.ndarray
    # How far the framework's own arithmetic in float32 is from that in float64.
    float32_error: float


@torch.inference_mode()
def run(
    name: str, reference: Reference, seed: int, images: np.ndarray
) -> tuple[np.ndarray, Scales | None]:
    model, weights = with_weights(reference.build(), seed)
    inputs = torch.from_numpy(images).double()
    variance = scale(model, inputs) if reference.scaled else None
    output = answer(model, inputs).numpy()
    if not np.isfinite(output).all():
        raise SystemExit(f"error: {name} does not give finite numbers")
    if reference.second_opinion:
        other = reference.second_opinion(weights, images)
        difference = np.abs(other - output).max() / np.abs(output).max()
        if not difference <= AGREEMENT:
            raise SystemExit(f"error: two references of {name} differ by {difference:.1e}")
    if variance is None:
        return output, None
    in_float32 = answer(model.float(), inputs.float()).numpy()
    error = float(np.abs(in_float32 - output).max() / np.abs(output).max())
    if not error <= CHAOS:
        raise SystemExit(f"error: {name} is chaotic: {error:.1e} from float32 to float64")
    return output, Scales(variance, error)


def answer(model: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    output = model(inputs)
    # torchvision's segmentation networks return their heads by name.
    return output["out"] if isinstance(output, dict) else output


def scale(model: nn.Module, images: torch.Tensor) -> np.ndarray:
    """Multiplies the running variance of each batch norm of `model` by the variance of what it reads, one after the other.

    So values keep about the same size from layer to layer, whatever the synthetic weights do to them.
    """
    scales: dict[nn.Module, float] = {}

    def scale_statistics(norm: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        scales[norm] = float(inputs[0].var(unbiased=False).float())
        # As the weights of a checkpoint, they are float32.
        norm.running_var.copy_((norm.running_var * scales[norm]).float())
        norm.running_mean.copy_((norm.running_mean * sqrt(scales[norm])).float())

    norms = {name: m for name, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
    hooks = [norm.register_forward_pre_hook(scale_statistics) for norm in norms.values()]
    model(images)
    for hook in hooks:
        hook.remove()
    return np.array([scales[norms[name]] for name in sorted(norms)], np.float32)


def with_weights(model: nn.Module, seed: int) -> tuple[nn.Module, Weights]:
    """`model` in float64 with the synthetic weights of its own names, and those weights."""
    # With the version that torchvision's MNASNet asks for.
    state = model.state_dict()
    weights = {
        key: synthetic.tensor(key, tuple(value.shape), seed)
        for key, value in state.items()
        if not key.endswith("num_batches_tracked")
    }
    state.update({key: torch.from_numpy(value) for key, value in weights.items()})
    model.load_state_dict(state)
    return model.double().eval(), weights


if __name__ == "__main__":
    main()
