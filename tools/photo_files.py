"""Makes tests/photo/files/: a small image file for each kind that menagerie decodes, and its pixels by other decoders.

Pixels are those of Pillow, upright and in sRGB (by LittleCMS). Where Pillow does not decode a kind, or changes its range, they
are computed from the array that was stored.
"""

import argparse
import io
import struct
import warnings
from pathlib import Path

import imagecodecs
import numpy as np
import OpenEXR
import PIL
import tifffile
from PIL import Image, ImageCms, ImageOps

import atomic
import jpeg_scans
import tensor_file
from photo_profiles import adobe_rgb, cmyk, display_p3, gray_gamma

WIDTH, HEIGHT = 24, 16
# The tag of the orientation in EXIF data.
ORIENTATION = 0x0112


def picture():
    """A colourful picture: smooth, with an edge and some noise."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    red = 40 + 200 * x / (WIDTH - 1)
    green = 220 - 180 * y / (HEIGHT - 1)
    blue = 128 + 100 * np.sin((x + 2 * y) / 5)
    pixels = np.stack([red, green, blue], axis=-1)
    pixels[3:9, 5:14] = [230, 30, 60]
    pixels += np.random.default_rng(0).integers(-6, 7, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


PIXELS = picture()
GRAY = PIXELS[:, :, 1]
ALPHA = np.linspace(0, 255, WIDTH * HEIGHT).astype(np.uint8).reshape(HEIGHT, WIDTH)
# Every high byte with another low byte.
WIDE = PIXELS.astype(np.uint16) * 251 + 77
RGB = Image.fromarray(PIXELS)


def narrow(wide):
    """Samples of 16 bits in 8 bits."""
    return np.round(wide / 257).astype(np.uint8)


def from_unit(values):
    """Samples from 0 to 1 in 8 bits."""
    return np.round(np.asarray(values, float).clip(0, 1) * 255).astype(np.uint8)


def from_light(values):
    """Linear light in 8 bits of sRGB."""
    light = np.asarray(values, float).clip(0, 1)
    return from_unit(np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055))


def rgb(pixels):
    """An image of three channels."""
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)


def saved(image, format, **options):
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def without_adobe(file):
    """A JPEG file without the marker of Adobe."""
    start = file.index(b"\xff\xee")
    return file[:start] + file[start + 2 + int.from_bytes(file[start + 2 : start + 4], "big") :]


def by_number(file):
    """A JPEG file whose components are called 1, 2 and 3, so only the marker of Adobe says that they are RGB."""
    frame, scan = file.index(b"\xff\xc0"), file.index(b"\xff\xda")
    file = bytearray(file)
    for index in range(3):
        file[frame + 10 + 3 * index] = index + 1
        file[scan + 5 + 2 * index] = index + 1
    return bytes(file)


def by_pillow(file):
    """The pixels of `file`: upright, and in sRGB if it has an ICC profile."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    profile = image.info.get("icc_profile")
    if profile is not None:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb, exact = ImageCms.createProfile("sRGB"), ImageCms.Flags.NOOPTIMIZE
        # The other intents change the black point as well.
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        image = ImageCms.profileToProfile(image, source, srgb, intent, "RGB", flags=exact)
    return np.asarray(image.convert("RGB"))


def exif(orientation, big_endian, long):
    """EXIF data with an orientation of two or four bytes."""
    order = ">" if big_endian else "<"
    value = struct.pack(order + "I", orientation) if long else struct.pack(order + "HH", orientation, 0)
    header = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(order + "IH", 8, 1)
    entry = struct.pack(order + "HHI", ORIENTATION, 4 if long else 3, 1) + value
    return b"Exif\0\0" + header + entry + bytes(4)


def gif_on_canvas(canvas, at, transparent):
    """A GIF whose only frame is at `at` on a canvas, with a palette whose first colour is not black."""
    colours = [[200, 180, 20], [10, 90, 160], [250, 40, 40], [20, 20, 20]]
    frame = Image.new("P", (9, 7))
    frame.putdata([(x + y) % 4 for y in range(7) for x in range(9)])
    frame.putpalette(sum(colours, []))
    file = saved(frame, "GIF")
    start = file.index(b"\x2c" + struct.pack("<HHHH", 0, 0, 9, 7))
    header = b"GIF89a" + struct.pack("<HHBBB", *canvas, 0x81, 2, 0)
    control = b"" if transparent is None else b"\x21\xf9\x04" + bytes([1, 0, 0, transparent, 0])
    descriptor = b"\x2c" + struct.pack("<HHHH", *at, 9, 7)
    return header + bytes(sum(colours, [])) + control + descriptor + file[start + 9 :]


def bmp_with_runs():
    """A BMP of 8 bits with run-length encoding: runs, an absolute run, an end of line, an end of the bitmap."""
    rows = [b"\x04\x01\x04\x02\0\0", b"\0\x05\x01\x02\x03\x02\x01\0\x03\x03\0\0", b"\x08\x03\0\x01"]
    data = b"".join(rows)
    palette = b"".join(bytes([30 * n, 200 - 40 * n, 20 + 60 * n, 0]) for n in range(4))
    offset = 14 + 40 + len(palette)
    info = struct.pack("<IiiHHIIiiII", 40, 8, 3, 1, 8, 1, len(data), 2835, 2835, 4, 4)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + palette + data


def farbfeld(wide):
    """A Farbfeld file of samples of 16 bits."""
    alpha = np.full(wide.shape[:2] + (1,), 65535, np.uint16)
    samples = np.concatenate([wide, alpha], axis=2).astype(">u2")
    return b"farbfeld" + struct.pack(">II", WIDTH, HEIGHT) + samples.tobytes()


def radiance(light):
    """A Radiance HDR file without run-length encoding, and the light that it stores."""
    most = light.max(axis=2)
    mantissa, exponent = np.frexp(most)
    scale = np.where(most > 0, mantissa * 256 / np.maximum(most, 1e-30), 0)
    bytes_ = np.concatenate([(light * scale[:, :, None]), (exponent + 128)[:, :, None]], axis=2).astype(np.uint8)
    stored = (bytes_[:, :, :3].astype(float)) * np.exp2(bytes_[:, :, 3:].astype(float) - 136)
    header = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {HEIGHT} +X {WIDTH}\n".encode()
    return header + bytes_.tobytes(), stored


def openexr(light, dtype, folder):
    """An OpenEXR file of linear light."""
    path = folder / "exr.tmp"
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {"RGB": light.astype(dtype)}) as file:
        file.write(str(path))
    data = path.read_bytes()
    path.unlink()
    return data


def tiff(array, **options):
    """A TIFF file."""
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def files(folder):
    """Names of files with their bytes, and their pixels where Pillow cannot tell them."""
    gray = Image.fromarray(GRAY)
    rgba = Image.fromarray(np.dstack([PIXELS, ALPHA]))
    gray_alpha = Image.fromarray(np.dstack([GRAY, ALPHA]))
    palette = RGB.quantize(16)
    bits = gray.convert("1")
    inks = Image.fromarray(np.dstack([255 - PIXELS, GRAY // 3]), "CMYK")
    light = (PIXELS / 255.0) ** 2.2 * 1.2
    hdr, hdr_light = radiance(light)

    yield "rgb.bmp", saved(RGB, "BMP")
    yield "rgba.bmp", saved(rgba, "BMP")
    yield "gray.bmp", saved(gray, "BMP")
    yield "palette.bmp", saved(palette, "BMP")
    yield "bits.bmp", saved(bits, "BMP")
    yield "runs.bmp", bmp_with_runs()
    yield "dxt1.dds", saved(RGB, "DDS", pixel_format="DXT1")
    yield "dxt5.dds", saved(rgba, "DDS", pixel_format="DXT5")
    yield "16bit.ff", farbfeld(WIDE), narrow(WIDE)
    yield "palette.gif", saved(palette, "GIF", interlace=0)
    yield "interlaced.gif", saved(palette, "GIF", interlace=1)
    yield "animated.gif", saved(palette, "GIF", save_all=True, append_images=[palette.rotate(180)])
    yield "small_frame.gif", gif_on_canvas((24, 16), (5, 3), None)
    yield "small_frame_transparent.gif", gif_on_canvas((24, 16), (5, 3), 1)
    yield "large_frame.gif", gif_on_canvas((6, 4), (1, 0), None)
    yield "rgbe.hdr", hdr, from_light(hdr_light)
    yield "bmp.ico", saved(rgba.crop((0, 0, 16, 16)), "ICO", bitmap_format="bmp", sizes=[(16, 16)])
    yield "png.ico", saved(RGB.crop((0, 0, 16, 16)), "ICO", bitmap_format="png", sizes=[(16, 16)])

    yield "444.jpg", saved(RGB, "JPEG", quality=90, subsampling=0)
    yield "422.jpg", saved(RGB, "JPEG", quality=90, subsampling=1)
    yield "420.jpg", saved(RGB, "JPEG", quality=90, subsampling=2)
    yield "gray.jpg", saved(gray, "JPEG", quality=90)
    yield "progressive.jpg", saved(RGB, "JPEG", quality=90, progressive=True)
    yield "optimized.jpg", saved(RGB, "JPEG", quality=60, optimize=True)
    yield "restarts.jpg", saved(RGB, "JPEG", quality=90, restart_marker_blocks=1)
    yield "scans.jpg", jpeg_scans.separate(saved(RGB, "JPEG", quality=90, subsampling=0), WIDTH, HEIGHT)
    yield "stored_rgb.jpg", saved(RGB, "JPEG", quality=90, keep_rgb=True)
    yield "cmyk.jpg", saved(inks, "JPEG", quality=95)
    yield "cmyk_without_adobe.jpg", without_adobe(saved(inks, "JPEG", quality=95))
    yield "stored_rgb_by_number.jpg", by_number(saved(RGB, "JPEG", quality=90, keep_rgb=True))
    yield "ycck.jpg", imagecodecs.jpeg8_encode(255 - np.asarray(inks), 95, colorspace="CMYK", outcolorspace="YCCK")
    for orientation in range(2, 9):
        yield f"turned_{orientation}.jpg", saved(RGB, "JPEG", quality=90, exif=exif(orientation, False, False))
    yield "turned_6_long.jpg", saved(RGB, "JPEG", quality=90, exif=exif(6, False, True))
    yield "turned_6_long_big_endian.jpg", saved(RGB, "JPEG", quality=90, exif=exif(6, True, True))
    yield "turned_6_big_endian.jpg", saved(RGB, "JPEG", quality=90, exif=exif(6, True, False))
    yield "display_p3.jpg", saved(RGB, "JPEG", quality=95, subsampling=0, icc_profile=display_p3())
    yield "adobe_rgb.jpg", saved(RGB, "JPEG", quality=95, subsampling=0, icc_profile=adobe_rgb())
    yield "gray_profile.jpg", saved(gray, "JPEG", quality=95, icc_profile=gray_gamma(1.0))
    yield "cmyk_profile.jpg", saved(inks, "JPEG", quality=95, icc_profile=cmyk())

    yield "half.exr", openexr(light, np.float16, folder), from_light(light.astype(np.float16))
    yield "float.exr", openexr(light, np.float32, folder), from_light(light)

    yield "rgb.png", saved(RGB, "PNG")
    yield "rgba.png", saved(rgba, "PNG")
    yield "gray.png", saved(gray, "PNG")
    yield "gray_alpha.png", saved(gray_alpha, "PNG")
    yield "palette.png", saved(palette, "PNG")
    yield "palette_transparent.png", saved(palette, "PNG", transparency=3)
    yield "bits.png", saved(bits, "PNG")
    yield "gray_16bit.png", imagecodecs.png_encode(WIDE[:, :, 0].copy()), rgb(narrow(WIDE[:, :, 0]))
    yield "rgb_16bit.png", imagecodecs.png_encode(WIDE), narrow(WIDE)
    yield "turned_8.png", saved(RGB, "PNG", exif=exif(8, True, True)[6:])
    yield "display_p3.png", saved(RGB, "PNG", icc_profile=display_p3())

    yield "bits.pbm", saved(bits, "PPM")
    yield "gray.pgm", saved(gray, "PPM")
    yield "rgb.ppm", saved(RGB, "PPM")
    text = " ".join(str(level) for level in PIXELS.ravel())
    yield "text.ppm", f"P3\n# made by hand\n{WIDTH} {HEIGHT}\n255\n{text}\n".encode()
    wide_gray = WIDE[:, :, 0].astype(">u2").tobytes()
    yield "gray_16bit.pgm", f"P5 {WIDTH} {HEIGHT} 65535\n".encode() + wide_gray, rgb(narrow(WIDE[:, :, 0]))
    header = f"P7\nWIDTH {WIDTH}\nHEIGHT {HEIGHT}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n"
    yield "rgb.pam", header.encode() + PIXELS.tobytes(), PIXELS
    yield "rgb.qoi", imagecodecs.qoi_encode(PIXELS)
    yield "rgba.qoi", imagecodecs.qoi_encode(np.dstack([PIXELS, ALPHA]))

    yield "rgb.tga", saved(RGB, "TGA")
    yield "runs.tga", saved(RGB, "TGA", compression="tga_rle")
    yield "top_down.tga", saved(RGB, "TGA", orientation=1)
    yield "rgba.tga", saved(rgba, "TGA")
    yield "gray.tga", saved(gray, "TGA")
    yield "palette.tga", saved(palette, "TGA")

    yield "rgb.tif", saved(RGB, "TIFF")
    for compression in ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]:
        yield f"{compression.removeprefix('tiff_')}.tif", saved(RGB, "TIFF", compression=compression)
    yield "fax.tif", saved(bits, "TIFF", compression="group4")
    yield "palette.tif", saved(palette, "TIFF")
    yield "gray.tif", saved(gray, "TIFF")
    yield "bits.tif", saved(bits, "TIFF")
    yield "white_is_zero.tif", tiff(GRAY, photometric="miniswhite"), rgb(255 - GRAY)
    yield "rgba.tif", saved(rgba, "TIFF")
    yield "gray_alpha.tif", tiff(np.dstack([GRAY, ALPHA]), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]), rgb(GRAY)
    wide_alpha = np.dstack([WIDE[:, :, 1], ALPHA.astype(np.uint16) * 257])
    yield "gray_alpha_16bit.tif", tiff(wide_alpha, photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]), rgb(narrow(WIDE[:, :, 1]))
    yield "cmyk.tif", saved(inks, "TIFF")
    yield "gray_16bit.tif", tiff(WIDE[:, :, 0]), rgb(narrow(WIDE[:, :, 0]))
    yield "rgb_16bit.tif", tiff(WIDE, photometric="rgb"), narrow(WIDE)
    yield "rgba_16bit.tif", tiff(np.dstack([WIDE, WIDE[:, :, 0]]), photometric="rgb", extrasamples=["unassalpha"]), narrow(WIDE)
    yield "gray_32bit.tif", tiff(WIDE[:, :, 0].astype(np.uint32) << 16), rgb(narrow(WIDE[:, :, 0]))
    unit = PIXELS / 255 * 1.1 - 0.05
    for name, dtype in [("half", np.float16), ("float", np.float32), ("double", np.float64)]:
        stored = unit.astype(dtype)
        yield f"{name}.tif", tiff(stored, photometric="rgb"), from_unit(stored)
        yield f"gray_{name}.tif", tiff(stored[:, :, 0]), rgb(from_unit(stored[:, :, 0]))
    yield "predictor.tif", tiff(PIXELS, photometric="rgb", compression="lzw", predictor=2)
    yield "float_predictor.tif", tiff(unit.astype(np.float32), photometric="rgb", compression="zlib", predictor=3), from_unit(unit)
    yield "planes.tif", tiff(PIXELS.transpose(2, 0, 1), photometric="rgb", planarconfig="separate")
    yield "tiles.tif", tiff(PIXELS, photometric="rgb", tile=(16, 16))
    yield "strips.tif", tiff(PIXELS, photometric="rgb", rowsperstrip=3)
    yield "big.tif", tiff(PIXELS, photometric="rgb", bigtiff=True)
    yield "big_endian.tif", tiff(WIDE, photometric="rgb", byteorder=">"), narrow(WIDE)
    turned = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(saved(RGB, "PNG", exif=exif(6, True, False)[6:])))))
    yield "turned_6.tif", tiff(PIXELS, photometric="rgb", extratags=[(ORIENTATION, 3, 1, 6, True)]), turned
    yield "turned_6_long.tif", tiff(PIXELS, photometric="rgb", extratags=[(ORIENTATION, 4, 1, 6, True)]), turned
    yield "cmyk_profile.tif", saved(inks, "TIFF", icc_profile=cmyk())
    yield "adobe_rgb_profile.tif", saved(RGB, "TIFF", icc_profile=adobe_rgb())
    yield "gray_profile.tif", saved(gray, "TIFF", icc_profile=gray_gamma(1.0))
    yield "display_p3.tif", saved(RGB, "TIFF", icc_profile=display_p3())

    yield "lossy.webp", saved(RGB, "WEBP", quality=90)
    yield "lossless.webp", saved(RGB, "WEBP", lossless=True)
    yield "alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True)
    yield "turned_3.webp", saved(RGB, "WEBP", lossless=True, exif=exif(3, False, True)[6:])
    yield "display_p3.webp", saved(RGB, "WEBP", lossless=True, icc_profile=display_p3())
    yield "animated.webp", saved(RGB, "WEBP", lossless=True, save_all=True, append_images=[RGB.rotate(180)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("tests/photo/files"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    pixels = {}
    for name, file, *expected in files(folder):
        atomic.write(folder / name, file)
        pixels[name] = np.ascontiguousarray(expected[0] if expected else by_pillow(file))
    metadata = {"pillow": PIL.__version__, "littlecms": ImageCms.core.littlecms_version}
    atomic.write(folder / "pixels.safetensors", tensor_file.encode(pixels, metadata))


if __name__ == "__main__":
    main()
