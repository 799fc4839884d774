"""ONNX files, written as the messages of Protocol Buffers that they are: https://onnx.ai/onnx/repo-docs/IR.html."""

import struct

FLOAT = 1


def varint(value: int) -> bytes:
    """An unsigned integer, seven bits a byte."""
    parts = []
    while value > 127:
        parts.append(value % 128 + 128)
        value //= 128
    return bytes([*parts, value])


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    """Fields by number: integers, and what has a length."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [varint(8 * number), varint(value)]
        else:
            value = value.encode() if isinstance(value, str) else value
            parts += [varint(8 * number + 2), varint(len(value)), value]
    return b"".join(parts)


def port(name: str, extents: list[int | str]) -> bytes:
    """An input of f32. The extent of a name is open."""
    dims = [(1, message((1 if isinstance(extent, int) else 2, extent))) for extent in extents]
    return message((1, name), (2, message((1, message((1, FLOAT), (2, message(*dims)))))))


def axes() -> bytes:
    """A network with an input of three axes and one of one axis; its outputs have three axes and one."""
    nodes = [("Mul", ["words", "two"], "doubled"), ("Add", ["scale", "one"], "more")]
    graph = message(
        *((1, message(*((1, name) for name in inputs), (2, output), (4, operator))) for operator, inputs, output in nodes),
        (2, "graph"),
        *((5, message((1, 1), (2, FLOAT), (8, name), (9, struct.pack("<f", value)))) for name, value in [("two", 2), ("one", 1)]),
        (11, port("words", ["N", 5, 2])),
        (11, port("scale", ["N"])),
        (12, message((1, "more"))),
        (12, message((1, "doubled"))),
    )
    return message((1, 8), (7, graph), (8, message((1, ""), (2, 17))))
