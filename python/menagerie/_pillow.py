"""Images of Pillow as photos: what the library makes of the same file."""

import io

from PIL import Image, ImageCms, ImageOps


def upright_srgb(image: Image.Image) -> Image.Image:
    """`image` in 8-bit sRGB, turned upright by its EXIF data, and converted from the colours of its ICC profile."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    if profile and image.mode in ("RGB", "L", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except ImageCms.PyCMSError:
            converted = None  # A broken profile is ignored.
        if converted is not None:
            return converted
    return image.convert("RGB")
