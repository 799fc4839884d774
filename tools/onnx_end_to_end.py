#!/usr/bin/env python3
"""Compares the networks of tools/onnx_network_cases.py with PyTorch from end to end, as a user would export and run them.

    python tools/onnx_end_to_end.py [--menagerie COMMAND] [--adapter ADAPTER] [NAME...]

Each network has PyTorch's random weights, and the statistics of random images. It is exported with its weights by each
exporter of the table, run by `menagerie run`, and compared with PyTorch in float64. Prints the error relative to the
largest value, beside PyTorch's own error in float32, then how many networks and files there were.
"""

import argparse
import os
import subprocess
import tempfile
import warnings

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from onnx_network_cases import TIMM, TORCHVISION, case, create
from onnx_networks import export
from synthetic import network_input

warnings.filterwarnings("ignore")
LEAST_VARIANCE = 1e-2
ROOT = os.path.join(os.path.dirname(__file__), "..")


def with_statistics(network, size):
    """Lets each batch normalisation take the mean and variance of random images. A channel that is 0 in all of them may not
    be in another one, so variances are at least LEAST_VARIANCE."""
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        network(torch.rand(8, 3, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    for norm in norms:
        norm.running_var.clamp_(min=LEAST_VARIANCE)
    return network.eval()


def relative(found, exact):
    return float(np.abs(found - exact).max() / np.abs(exact).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--menagerie", default=os.path.join(ROOT, "target", "release", "menagerie"))
    parser.add_argument("--adapter")
    options = parser.parse_args()
    extra = ["--adapter", options.adapter] if options.adapter else []
    errors = {}
    for name in options.names or [*TORCHVISION, *TIMM]:
        size, exports, _ = case(name)
        network = with_statistics(create(name), size)
        image = network_input((1, 3, size, size), 0)
        with torch.no_grad():
            single = network(torch.tensor(image)).numpy()
            exact = network.double()(torch.tensor(image).double()).numpy()
        network.float()
        for exporter, opset in exports.items():
            with tempfile.TemporaryDirectory() as folder:
                model, given, result = (os.path.join(folder, file) for file in ("model.onnx", "in.safetensors", "out.safetensors"))
                export(network, size, exporter, opset, model, external_data=True)
                save_file({"input": image}, given)
                command = [options.menagerie, "run", model, "--input", given, "--output", result, *extra]
                subprocess.run(command, check=True, capture_output=True)
                found, = load_file(result).values()
            error = relative(found.reshape(exact.shape), exact)
            errors[name, exporter] = error
            print(f"{name} {exporter} {opset}: {error:.1e}, PyTorch {relative(single, exact):.1e}", flush=True)
    worst = max(errors, key=errors.get)
    print(f"{len({name for name, _ in errors})} networks, {len(errors)} files, at most {errors[worst]:.1e} ({' '.join(worst)})")


if __name__ == "__main__":
    main()
