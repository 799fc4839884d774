"""torchvision's networks with synthetic weights, in the formats that the peers read:
`python networks.py NAME FOLDER FORMAT...` writes one of them as ncnn, onnx or safetensors."""

import sys
from pathlib import Path

import torch
import torchvision.models as tv
from torch import nn

import shapes

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import synthetic  # noqa: E402


def ncnn(network: nn.Module, image: torch.Tensor, path: Path) -> None:
    """Writes `path.ncnn.param` and `path.ncnn.bin`."""
    import pnnx

    pnnx.export(network, f"{path}.pt", (image,))


def onnx(network: nn.Module, image: torch.Tensor, path: Path) -> None:
    """Writes `path.onnx`."""
    torch.onnx.export(network, (image,), f"{path}.onnx", dynamo=False)


def safetensors(network: nn.Module, image: torch.Tensor, path: Path) -> None:
    """Writes `path.safetensors`."""
    from safetensors.torch import save_file

    save_file(network.state_dict(), f"{path}.safetensors")


FORMATS = {"ncnn": ncnn, "onnx": onnx, "safetensors": safetensors}


def export(name: str, folder: Path, formats: list[str]) -> None:
    """Writes the network to `folder` in each of `formats`."""
    network = _network(name)
    image = torch.zeros(shapes.input_shape(name))
    for named in formats:
        FORMATS[named](network, image, folder / name)


def _network(name: str) -> nn.Module:
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    network = getattr(tv, name)(weights=None, **options).eval()
    state = network.state_dict()
    for key, value in state.items():
        if value.is_floating_point():
            state[key] = torch.from_numpy(synthetic.tensor(key, tuple(value.shape), 0))
    network.load_state_dict(state)
    return network


if __name__ == "__main__":
    export(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
