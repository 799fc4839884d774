"""Stores the components of a baseline JPEG file in scans of their own, without loss. Pillow does not write such files."""

import struct


def _segments(file):
    """The markers before the data, with their bodies and ends."""
    position = 2
    while True:
        marker, length = struct.unpack(">xBH", file[position : position + 4])
        end = position + 2 + length
        yield marker, file[position + 4 : end], position, end
        if marker == 0xDA:
            return
        position = end


def _codes(body):
    """The Huffman tables of a segment: values by their code and its length."""
    tables = {}
    while body:
        kind, counts, body = body[0], body[1:17], body[17:]
        code, table = 0, {}
        for length, count in enumerate(counts, 1):
            for _ in range(count):
                table[code, length] = body[0]
                code, body = code + 1, body[1:]
            code <<= 1
        tables[kind] = table
    return tables


def separate(file, width, height):
    """`file`, of three components without subsampling, with a scan for each component."""
    tables = {}
    for marker, body, start, end in _segments(file):
        if marker == 0xC4:
            tables |= _codes(body)
    # The last segment is the header of the scan.
    components = [(body[1 + 2 * index], body[2 + 2 * index]) for index in range(body[0])]
    data = file[end:-2].replace(b"\xff\0", b"\xff")
    bits = "".join(f"{byte:08b}" for byte in data)
    position = 0

    def read(table):
        """A value, the bits that follow it, and all of these bits."""
        nonlocal position
        first, length = position, 1
        while (value := table.get((int(bits[first : first + length], 2), length))) is None:
            length += 1
        position += length + (value & 15)
        return value, bits[first:position]

    scans = {component: "" for component, _ in components}
    for _ in range(((width + 7) // 8) * ((height + 7) // 8)):
        for component, kinds in components:
            _, code = read(tables[kinds >> 4])
            scans[component] += code
            coefficient = 1
            while coefficient < 64:
                value, code = read(tables[0x10 | kinds & 15])
                scans[component] += code
                if value == 0:
                    break
                coefficient += (value >> 4) + 1
    result = file[:start]
    for component, kinds in components:
        padded = scans[component] + "1" * (-len(scans[component]) % 8)
        stored = bytes(int(padded[at : at + 8], 2) for at in range(0, len(padded), 8))
        header = struct.pack(">HHBBBBBB", 0xFFDA, 8, 1, component, kinds, 0, 63, 0)
        result += header + stored.replace(b"\xff", b"\xff\0")
    return result + b"\xff\xd9"
