"""Small ICC profiles, made from their definitions."""

import struct

# The white that profiles are relative to.
D50 = (0.9642, 1.0, 0.8249)
# Bradford-adapted colorants of published profiles: columns are red, green and blue in XYZ.
DISPLAY_P3 = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
ADOBE_RGB = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]


def fixed(value):
    """A number of 16 bits before the point and 16 after it."""
    return struct.pack(">i", round(value * 65536))


def xyz(value):
    return b"XYZ \0\0\0\0" + b"".join(fixed(part) for part in value)


def srgb_curve():
    """The tone curve of sRGB."""
    values = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
    return b"para\0\0\0\0\0\x03\0\0" + b"".join(fixed(value) for value in values)


def gamma_curve(gamma):
    """A tone curve that is a power."""
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def text(value):
    encoded = value.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def profile(device, kind, connection, tags, version=4):
    """A profile of `tags`."""
    tags = {"desc": text("test"), "cprt": text("no copyright"), "wtpt": xyz(D50), **tags}
    offset = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += struct.pack(">4sII", name.encode(), offset + len(data), len(tag))
        data += tag + b"\0" * (-len(tag) % 4)
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4xI4s4s4s", size, version << 24, kind, device, connection)
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
    header += bytes(28) + b"".join(fixed(part) for part in D50)
    return header.ljust(128, b"\0") + table + data


def matrix(colorants, curve):
    names = ["rXYZ", "gXYZ", "bXYZ"]
    tags = dict(zip(names, map(xyz, colorants))) | {name: curve for name in ["rTRC", "gTRC", "bTRC"]}
    return profile(b"RGB ", b"mntr", b"XYZ ", tags)


def display_p3():
    return matrix(DISPLAY_P3, srgb_curve())


def adobe_rgb():
    return matrix(ADOBE_RGB, gamma_curve(563 / 256))


def gray_gamma(gamma):
    return profile(b"GRAY", b"mntr", b"XYZ ", {"kTRC": gamma_curve(gamma)})


def cmyk():
    """A printer whose inks are not ideal: a table of some points for each ink to Lab.

    The version is 2, as that of most printers: with version 4, LittleCMS moves the black point.
    """
    points = 5
    table = b""
    for cyan in range(points):
        for magenta in range(points):
            for yellow in range(points):
                for black in range(points):
                    c, m, y, k = (ink / (points - 1) for ink in (cyan, magenta, yellow, black))
                    light = 96 * (1 - 0.85 * k) * (1 - 0.42 * c) * (1 - 0.5 * m) * (1 - 0.06 * y) + 3
                    a = (72 * m - 36 * c - 5 * y) * (1 - k)
                    b = (88 * y - 48 * c - 6 * m) * (1 - k)
                    # The encoding of version 2.
                    lab = (light * 652.8, (a + 128) * 256, (b + 128) * 256)
                    table += struct.pack(">3H", *(min(65535, max(0, round(part))) for part in lab))
    identity = struct.pack(">2H", 0, 65535)
    unit = b"".join(fixed(value) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    head = b"mft2\0\0\0\0" + bytes([4, 3, points, 0]) + unit + struct.pack(">2H", 2, 2)
    lut = head + 4 * identity + table + 3 * identity
    return profile(b"CMYK", b"prtr", b"Lab ", {"A2B0": lut}, version=2)
