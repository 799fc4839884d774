"""torchvision's networks with synthetic weights, in the formats that the peers read:
`python networks.py NAME FOLDER` writes one of them."""

import sys
from pathlib import Path

import pnnx
import torch
import torchvision.models as tv
from torch import nn

import shapes

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import synthetic  # noqa: E402

def export(name: str, folder: Path) -> None:
    """Writes `name.ncnn.param`, `name.ncnn.bin` and `name.onnx` to `folder`."""
    network = _network(name)
    image = torch.zeros(shapes.input_shape(name))
    pnnx.export(network, str(folder / f"{name}.pt"), (image,))
    torch.onnx.export(network, (image,), str(folder / f"{name}.onnx"), dynamo=False)


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
    export(sys.argv[1], Path(sys.argv[2]))
