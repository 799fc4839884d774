"""Safetensors files, as <https://huggingface.co/docs/safetensors> describes them, without the library under test."""

import json
import pathlib

import numpy

_TYPES = {"F32": numpy.float32, "F64": numpy.float64}


def read(path):
    """The tensors of the file by name, and its metadata."""
    content = pathlib.Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    about = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[begin:end], _TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, about


def write(path, name, tensor):
    """A file with one tensor of float32."""
    entry = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [0, tensor.nbytes]}
    header = json.dumps({name: entry}).encode()
    pathlib.Path(path).write_bytes(len(header).to_bytes(8, "little") + header + tensor.tobytes())
