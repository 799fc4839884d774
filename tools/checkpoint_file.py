"""Reads the tensors of PyTorch and safetensors files, without running code from them."""

import argparse
import pickle
from pathlib import Path

import safetensors
import safetensors.torch
import torch

State = dict[str, torch.Tensor]

# Where training scripts keep the state dict beside epoch and optimizer, averaged weights first: the order in
# which timm looks (models/_helpers.py).
CONTAINERS = ("state_dict_ema", "model_ema", "state_dict", "model")

# What DataParallel and torch.compile put before every name.
WRAPPERS = ("module.", "_orig_mod.")

# torch.optim.swa_utils counts the weights that it averaged.
AVERAGED = "n_averaged"


def read(path: Path) -> tuple[State, list[str]]:
    """Tensors by name, and what was done to get there."""
    if not path.is_file():
        raise SystemExit(f"error: {path}: no such file")
    if path.suffix == ".safetensors":
        return _unwrapped(_read_safetensors(path))
    return _unpacked(path, _read_torch(path))


def _read_safetensors(path: Path) -> State:
    try:
        return safetensors.torch.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise SystemExit(f"error: {path}: not a sound safetensors file: {error}") from None


def _read_torch(path: Path) -> object:
    try:
        # timm's scripts save their arguments as well.
        with torch.serialization.safe_globals([argparse.Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        reason = (
            "holds more than tensors and plain values, as in a saved state_dict(), or is damaged"
        )
    except Exception as error:  # whatever a damaged file leads it to
        program = "TorchScript" in str(error)
        reason = "is a TorchScript program" if program else "is damaged, or no PyTorch file"
    raise SystemExit(f"error: {path} {reason}")


def _unpacked(path: Path, loaded: object) -> tuple[State, list[str]]:
    done = []
    if isinstance(loaded, dict):
        for container in CONTAINERS:
            if isinstance(loaded.get(container), dict):
                loaded = loaded[container]
                done.append(f"took {container} out of the file")
                break
    if not isinstance(loaded, dict) or not all(
        isinstance(name, str) and isinstance(tensor, torch.Tensor)
        for name, tensor in loaded.items()
    ):
        raise SystemExit(f"error: {path} holds no state dict: tensors by their names")
    state, unwrapped = _unwrapped(loaded)
    return state, done + unwrapped


def _unwrapped(state: State) -> tuple[State, list[str]]:
    done = []
    if AVERAGED in state:
        state = {name: tensor for name, tensor in state.items() if name != AVERAGED}
        done.append(f"dropped {AVERAGED}")
    while found := [w for w in WRAPPERS if state and all(name.startswith(w) for name in state)]:
        (wrapper,) = found
        state = {name.removeprefix(wrapper): tensor for name, tensor in state.items()}
        done.append(f"dropped {wrapper} before all names")
    return state, done
