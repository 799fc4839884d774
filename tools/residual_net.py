"""Computes PyTorch's answer for the network of examples/residual_net.rs, for comparison in a test.

Weights and input are synthetic.py's; PyTorch computes in float64.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import atomic
import synthetic
import tensor_file


class ResidualNet(nn.Module):
    """Two 3x3 convolutions around which the image is passed, and two dense layers behind a pooling."""

    def __init__(self, n_hidden: int = 128, n_output: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(32, 32, 3, padding="same")
        self.conv2 = nn.Conv2d(32, 32, 3, padding="same")
        self.hidden = nn.Linear(32 * 16 * 16, n_hidden)
        self.output = nn.Linear(n_hidden, n_output)

    def forward(self, x: Tensor) -> Tensor:
        conv1 = F.relu(self.conv1(x))
        conv2 = F.relu(self.conv2(conv1))
        pooled = F.max_pool2d(x + conv2, 2)
        hidden = F.relu(self.hidden(torch.flatten(pooled, 1)))
        return self.output(hidden)


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/examples"), help="a folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = ResidualNet()
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    weights = {name: torch.from_numpy(synthetic.tensor(name, shape, 0)) for name, shape in shapes.items()}
    model.load_state_dict(weights)
    image = torch.from_numpy(synthetic.network_input((1, 32, 32, 32), 0))
    output = model.double().eval()(image.double()).numpy()
    metadata = {"framework": "torch", "version": version("torch"), "input": "1x32x32x32", "seed": "0"}
    arguments.output.mkdir(parents=True, exist_ok=True)
    path = arguments.output / "residual_net.safetensors"
    atomic.write(path, tensor_file.encode({"output": output}, metadata))


if __name__ == "__main__":
    main()
