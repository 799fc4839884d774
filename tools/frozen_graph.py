"""The float constants of a TensorFlow graph file, read without TensorFlow.

Only the protobuf fields that contain a constant's values are read. The numbers of the fields are
those of TensorFlow's graph.proto, node_def.proto, attr_value.proto and tensor.proto.
"""

from collections.abc import Iterator

import numpy as np

GRAPH_NODE = 1
NODE_NAME, NODE_OP, NODE_ATTRIBUTES = 1, 2, 5
ENTRY_KEY, ENTRY_VALUE = 1, 2
VALUE_TENSOR = 8
TENSOR_DTYPE, TENSOR_SHAPE, TENSOR_CONTENT = 1, 2, 4
SHAPE_DIMENSION, DIMENSION_SIZE = 2, 1
FLOAT = 1

Field = tuple[int, int | memoryview]


def constants(graph: bytes) -> dict[str, np.ndarray]:
    """Every float32 constant of one dimension or more, by the name of its node."""
    nodes = (_node(data) for field, data in _fields(memoryview(graph)) if field == GRAPH_NODE)
    return {name: tensor for name, tensor in nodes if tensor is not None}


def _node(data: memoryview) -> tuple[str, np.ndarray | None]:
    fields = list(_fields(data))
    first = dict(reversed(fields))
    name = bytes(first[NODE_NAME]).decode()
    if first[NODE_OP] != b"Const":
        return name, None
    entries = (dict(_fields(entry)) for field, entry in fields if field == NODE_ATTRIBUTES)
    values = {bytes(entry[ENTRY_KEY]): entry[ENTRY_VALUE] for entry in entries}
    return name, _tensor(dict(_fields(values[b"value"]))[VALUE_TENSOR])


def _tensor(data: memoryview) -> np.ndarray | None:
    fields = dict(_fields(data))
    if fields[TENSOR_DTYPE] != FLOAT or TENSOR_CONTENT not in fields:
        return None
    shape = [
        dict(_fields(dimension))[DIMENSION_SIZE]
        for field, dimension in _fields(fields[TENSOR_SHAPE])
        if field == SHAPE_DIMENSION
    ]
    return np.frombuffer(fields[TENSOR_CONTENT], "<f4").reshape(shape)


def _fields(data: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                yield key >> 3, value
                continue
            case 1:
                size = 8
            case 2:
                size, at = _varint(data, at)
            case 5:
                size = 4
            case kind:
                raise SystemExit(f"error: not a TensorFlow graph: wire type {kind}")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
