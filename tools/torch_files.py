"""Makes tests/golden/torch/: small files of torch.save in both of its layouts, and what PyTorch reads from them.

The old layout calls storages by their addresses, so its files differ from run to run. The file of Python 2 is made by a
pickler that writes as Python 2 did, because PyTorch for Python 2 is not available.
"""

import argparse
import collections
import io
import json
import pathlib
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch

import atomic

FOLDER = Path("tests/golden/torch")

# The beginning of the layout that was the only one before version 1.6.
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


def tensors() -> collections.OrderedDict[str, torch.Tensor]:
    """Every type of weights, and every kind of view."""
    generator = torch.Generator().manual_seed(0)
    base = torch.randn(6, 8, generator=generator)
    kernel = torch.randn(3, 4, 2, 2, generator=generator)
    return collections.OrderedDict(
        [
            ("f32", base.clone()),
            ("f64", base.double()),
            ("f16", base.half()),
            ("bf16", base.bfloat16()),
            ("parameter", torch.nn.Parameter(base[:2].clone())),
            ("transposed", base.clone().t()),
            ("channels_last", kernel.contiguous(memory_format=torch.channels_last)),
            ("permuted", kernel.clone().permute(3, 2, 0, 1)),
            ("offset", base[2:4]),
            ("columns", base[:, 1::3]),
            ("shared", base[2:]),
            ("expanded", base[:1, :2].expand(3, 2)),
            ("steps", torch.tensor(7)),
            ("mask", torch.tensor([True, False])),
        ]
    )


def training(state: dict[str, torch.Tensor]) -> dict[str, object]:
    """What scripts save beside the weights."""
    weight = torch.nn.Parameter(torch.ones(2, 2))
    optimizer = torch.optim.Adam([weight])
    weight.sum().backward()
    optimizer.step()
    history: collections.defaultdict[str, list[float]] = collections.defaultdict(list)
    history["loss"] += [1.0, 0.5]
    return {
        "epoch": 3,
        "arch": "small",
        "state_dict": state,
        "optimizer": optimizer.state_dict(),
        "best": np.float64(71.5),
        "args": argparse.Namespace(lr=0.1, path=pathlib.PurePosixPath("a/b"), size=(1, 2)),
        "history": history,
        "random": torch.arange(8, dtype=torch.uint8),
        "classes": {"cat", "dog"},
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "large": 1 << 100,
    }


def scripted(network: torch.nn.Module) -> bytes:
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(network), file)
    return file.getvalue()


def saved(value: object, *, legacy: bool = False, protocol: int = 2) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def packed(archive: bytes, method: int, replaced: dict[str, bytes]) -> bytes:
    """The same archive with another method of compression and other files."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(file, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, replaced.get(name.split("/")[-1], old.read(name)))
    return file.getvalue()


class Storage:
    """A storage in a file of Python 2, perhaps a part of another."""

    def __init__(self, key: str, count: int, part: tuple[str, int, int] | None = None) -> None:
        self.id = ("storage", torch.FloatStorage, key, "cpu", count, part)


class Python2Pickler(pickle._Pickler):  # noqa: SLF001 (only the pickler in Python can be changed)
    """Strings are strings of bytes, numbers of tensors are long, and an OrderedDict has its pairs as a list."""

    dispatch = dict(pickle._Pickler.dispatch)  # noqa: SLF001

    def persistent_id(self, value: object) -> object:
        return value.id if isinstance(value, Storage) else None

    def save_str(self, text: str) -> None:
        data = text.encode()
        self.write(b"U" + bytes([len(data)]) + data)
        self.memoize(text)

    def save_int(self, number: int) -> None:
        data = pickle.encode_long(number)
        self.write(b"\x8a" + bytes([len(data)]) + data)

    def save_bool(self, flag: bool) -> None:
        self.write(b"\x88" if flag else b"\x89")

    def reducer_override(self, value: object) -> object:
        if isinstance(value, collections.OrderedDict):
            return collections.OrderedDict, ([list(pair) for pair in value.items()],)
        return NotImplemented

    dispatch[str] = save_str
    dispatch[int] = save_int
    dispatch[bool] = save_bool


class Tensor:
    """A tensor as Python 2 called for it."""

    def __init__(self, *view: object) -> None:
        self.view = view

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return torch._utils._rebuild_tensor, self.view  # noqa: SLF001


def python2() -> tuple[bytes, dict[str, object]]:
    """A file of Python 2 with a storage that is a part of another, and its tensors."""
    numbers = [float(number) for number in range(12)]
    whole = Storage("94001", 12)
    part = Storage("94001", 12, ("94002", 4, 6))
    state = collections.OrderedDict(
        [("whole", Tensor(whole, 0, (3, 4), (4, 1))), ("part", Tensor(part, 2, (2, 2), (1, 2)))]
    )
    file = io.BytesIO()
    machine = {"protocol_version": VERSION, "little_endian": True, "type_sizes": {"int": 4}}
    for value in (MAGIC, VERSION, machine, state, ["94001"]):
        Python2Pickler(file, 2).dump(value)
    file.write(struct.pack("<q12f", 12, *numbers))
    expected = torch.tensor(numbers)
    return file.getvalue(), described(
        {"whole": expected.view(3, 4), "part": expected.as_strided((2, 2), (1, 2), 6)}
    )


def described(state: dict[str, torch.Tensor]) -> dict[str, object]:
    return {
        name: {"shape": list(tensor.shape), "values": tensor.double().flatten().tolist()}
        for name, tensor in state.items()
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.manual_seed(0)
    state = tensors()
    # PyTorch itself says what is in a file.
    loaded = torch.load(io.BytesIO(saved(state, legacy=True)), weights_only=True)
    expected = {"state_dict": described(loaded)}
    two = {
        "state_dict": {"a.weight": torch.ones(2)},
        "state_dict_ema": {"a.weight": torch.zeros(2)},
        "random": torch.arange(8, dtype=torch.uint8),
    }
    network = torch.nn.Sequential(torch.nn.Linear(2, 1))
    script = torch.nn.Linear(2, 1)
    archive = saved(state)
    python2_file, expected["python2"] = python2()
    expected["whole_model"] = described(network.state_dict())
    expected["torchscript"] = described(script.state_dict())
    files = {
        "state_dict.pth": archive,
        "state_dict_legacy.pth": saved(state, legacy=True),
        "state_dict_protocol4.pth": saved(state, protocol=4),
        "state_dict_legacy_protocol5.pth": saved(state, legacy=True, protocol=5),
        "python2.pth": python2_file,
        "training.pth": saved(training(state)),
        "training_legacy.pth": saved(training(state), legacy=True),
        "two_copies.pth": saved(two),
        "types.pth": saved(
            {
                "a": torch.ones(2),
                "fp8": torch.ones(2).to(torch.float8_e4m3fn),
                "int8": torch.ones(2, dtype=torch.int8),
                "u16": torch.ones(2).to(torch.uint16),
                "complex": torch.ones(2, dtype=torch.complex64),
            }
        ),
        "whole_model.pth": saved(network),
        "whole_model_legacy.pth": saved(network, legacy=True),
        "whole_model_inside.pth": saved({"epoch": 1, "model": network}),
        "negated.pth": saved({"a": torch._neg_view(torch.ones(2))}),  # noqa: SLF001
        "torchscript.pt": scripted(script),
        "arrays.pth": saved({"a": np.ones(2)}),
        "list.pth": saved([torch.ones(2)]),
        "tensor.pth": saved(torch.ones(2)),
        "numbers.pth": saved({"epoch": 1}),
        "big_endian.pth": packed(archive, zipfile.ZIP_STORED, {"byteorder": b"big"}),
        "compressed.pth": packed(archive, zipfile.ZIP_DEFLATED, {}),
    }
    for name, data in files.items():
        atomic.write(FOLDER / name, data)
    atomic.write(FOLDER / "expected.json", json.dumps(expected, indent=1).encode() + b"\n")


if __name__ == "__main__":
    main()
