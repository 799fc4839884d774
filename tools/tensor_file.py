"""Safetensors files whose bytes depend only on their content.

The safetensors package writes metadata in hash order, so the same tensors make a different file on
each run. Committed files must change only when their tensors change.
"""

import json

import numpy as np
import safetensors.numpy

DTYPES = {
    np.dtype("uint8"): "U8",
    np.dtype("float16"): "F16",
    np.dtype("float32"): "F32",
    np.dtype("float64"): "F64",
}


def encode(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    # The widest elements first keeps every tensor aligned without padding between them.
    order = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    body = b""
    for name in order:
        tensor = tensors[name]
        begin, body = len(body), body + tensor.tobytes()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, len(body)],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    data = len(text).to_bytes(8, "little") + text + body
    _check(data, tensors)
    return data


def _check(data: bytes, tensors: dict[str, np.ndarray]) -> None:
    """The format's own reader must give the tensors back."""
    loaded = safetensors.numpy.load(data)
    if loaded.keys() != tensors.keys() or any(
        not np.array_equal(loaded[name], tensor) for name, tensor in tensors.items()
    ):
        raise SystemExit("error: the encoded file does not read back as what was written")
