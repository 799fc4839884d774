"""Generates microscope pictures of cells with known outlines, and the files that show them.

A seed determines a picture: sizes, shapes, touching cells, brightness, colours, cells brighter or darker
than the background, blur, uneven light, dirt and noise.
"""

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import atomic

# Seeds begin with one of these, so no picture that is held out was ever trained on.
TRAIN, HELD_OUT = 0, 1

# Pixels drawn beyond each edge: the blur is a product of spectra and so wraps around.
MARGIN = 24
SAMPLE = (4, (300, 400))
# Small ones, committed with their masks: height and width are no multiples of 16, nor are all even.
TESTS = {0: (75, 100), 1: (64, 97), 2: (90, 70), 3: (81, 81), 4: (72, 110), 5: (96, 64)}

Size = tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """`image` is uint8 of shape [height, width, 3], `mask` bool of [height, width]: true inside cells."""

    image: np.ndarray
    mask: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("samples"), help="a folder")
    parser.add_argument("--tests", type=Path, default=Path("tests/golden/cells"), help="a folder")
    arguments = parser.parse_args()

    index, size = SAMPLE
    atomic.write(arguments.samples / "cells.png", png(picture(HELD_OUT, index, size).image))
    for index, size in TESTS.items():
        made = picture(HELD_OUT, index, size)
        atomic.write(arguments.tests / f"{index}.png", png(made.image))
        atomic.write(arguments.tests / f"{index}-mask.png", png(made.mask.astype(np.uint8) * 255))


def png(pixels: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, format="PNG", optimize=True)
    return data.getvalue()


def held_out(count: int = 200) -> list[Picture]:
    """Pictures to measure with, of all sizes."""
    sizes = np.random.default_rng(HELD_OUT).integers(60, 161, (count, 2)).tolist()
    return [picture(HELD_OUT, index, (height, width)) for index, (height, width) in enumerate(sizes)]


def picture(part: int, index: int, size: Size) -> Picture:
    """Number `index` of `part`, of `size`: height and width."""
    rng = np.random.default_rng([part, index, *size])
    canvas = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    radius = np.exp(rng.uniform(np.log(5), np.log(min(22, *size))))
    inside = np.zeros(canvas, bool)
    signal = np.zeros(canvas)
    for row, column, own in places(rng, canvas, radius):
        draw(rng, row, column, own, inside, signal)
    texture = 1 + rng.uniform(0, 0.3) * clouds(rng, canvas, radius / 3)
    signal = blur(signal * texture, rng.uniform(0.4, min(2.5, 0.4 + radius / 8)))
    cut = (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    return Picture(expose(rng, signal + dirt(rng, canvas, radius), radius)[cut], inside[cut])


def places(rng: np.random.Generator, canvas: Size, radius: float) -> np.ndarray:
    """Centres and radii of the cells, a row each: some strewn about, some beside another."""
    density = rng.uniform(0.05, 0.6) if rng.random() < 0.97 else 0.0
    count = int(np.ceil(density * canvas[0] * canvas[1] / (np.pi * radius**2)))
    crowded = rng.uniform(0, 0.8)
    cells = np.empty((0, 3))
    for _ in range(count):
        own = radius * np.exp(rng.normal(0, 0.2))
        center = rng.uniform(0, canvas)
        if len(cells) and rng.random() < crowded:
            row, column, other = cells[rng.integers(len(cells))]
            angle = rng.uniform(0, 2 * np.pi)
            distance = (own + other) * rng.uniform(0.85, 1.1)
            center = (row + distance * np.sin(angle), column + distance * np.cos(angle))
        on_canvas = 0 <= center[0] < canvas[0] and 0 <= center[1] < canvas[1]
        # Cells push one another away: an overlap beyond a squeeze would be one cell of a strange shape.
        distances = np.hypot(*(cells[:, :2] - center).T)
        if on_canvas and np.all(distances > 0.8 * (own + cells[:, 2])):
            cells = np.vstack([cells, (*center, own)])
    return cells


def draw(
    rng: np.random.Generator,
    row: float,
    column: float,
    radius: float,
    inside: np.ndarray,
    signal: np.ndarray,
) -> None:
    """One cell: an ellipse with a wavy edge, flat, domed or with a bright rim."""
    reach = int(2 * radius) + 3
    top, left = max(int(row) - reach, 0), max(int(column) - reach, 0)
    # A box may stick out below and to the right: slices end where the array does.
    box = (slice(top, int(row) + reach), slice(left, int(column) + reach))
    height, width = inside[box].shape
    y = np.arange(top, top + height)[:, None] + 0.5 - row
    x = np.arange(left, left + width) + 0.5 - column
    turn, stretch = rng.uniform(0, np.pi), np.sqrt(rng.uniform(1, 1.7))
    along = (np.cos(turn) * x + np.sin(turn) * y) / stretch
    across = (np.cos(turn) * y - np.sin(turn) * x) * stretch
    angle = np.arctan2(across, along)
    edge = np.full(angle.shape, radius)
    for waves in range(2, 6):
        swing = rng.normal(0, 0.12) / waves
        edge *= 1 + swing * np.cos(waves * angle + rng.uniform(0, 2 * np.pi))
    depth = edge - np.hypot(along, across)
    profile = np.clip(depth / edge, 0, 1)
    dome, rim = rng.uniform(0, 0.5), max(0.0, rng.uniform(-1, 0.6))
    brightness = rng.uniform(0.65, 1) * (1 - dome + dome * np.sqrt(profile))
    brightness *= 1 - rim * np.clip(depth / (0.3 * radius), 0, 1)
    # Half way through the pixel that the edge runs through.
    covered = np.clip(depth + 0.5, 0, 1)
    signal[box] = np.maximum(signal[box], brightness * covered)
    inside[box] |= depth > 0


def dirt(rng: np.random.Generator, canvas: Size, radius: float) -> np.ndarray:
    """Specks far smaller than a cell, which are not to be found."""
    specks = np.zeros(canvas)
    for _ in range(rng.poisson(canvas[0] * canvas[1] / 8000)):
        row, column = rng.integers(canvas[0]), rng.integers(canvas[1])
        specks[row, column] += rng.uniform(1, 6)
    return blur(specks, min(rng.uniform(0.5, 1), radius / 10))


def expose(rng: np.random.Generator, signal: np.ndarray, radius: float) -> np.ndarray:
    """The picture that a camera takes of the cells, under uneven light, with its noise."""
    contrast = rng.uniform(0.2, 0.8)
    dark, bright = colour(rng, rng.uniform(0.02, 0.25)), colour(rng, 1.0)
    if rng.random() < 0.4:
        background, cells = bright * rng.uniform(0.6, 0.95), dark
    else:
        background, cells = dark, bright
    change = (cells - background) * contrast / np.abs(cells - background).max()
    pixels = background + signal[..., None] * change

    height, width = signal.shape
    y, x = np.mgrid[0:height, 0:width]
    y, x = y / height - rng.uniform(0.2, 0.8), x / width - rng.uniform(0.2, 0.8)
    slope = rng.normal(0, 0.2, 2)
    light = 1 + slope[0] * y + slope[1] * x - rng.uniform(0, 0.5) * (y**2 + x**2)
    haze = 0.05 * rng.uniform(-1, 1) * clouds(rng, signal.shape, 4 * radius)
    pixels = pixels * light[..., None] + haze[..., None]

    grain = rng.normal(size=(height, width, 1 if rng.random() < 0.5 else 3))
    strength = np.exp(rng.uniform(np.log(0.004), np.log(0.06)))
    pixels = pixels + strength * grain * np.sqrt(0.3 + np.clip(pixels, 0, 1))
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)


def colour(rng: np.random.Generator, brightness: float) -> np.ndarray:
    """Gray as often as not, else any tint."""
    tint = np.ones(3) if rng.random() < 0.5 else rng.uniform(0.1, 1, 3)
    return brightness * tint / tint.max()


def clouds(rng: np.random.Generator, canvas: Size, size: float) -> np.ndarray:
    """Smooth noise with mean 0 and deviation 1, its patches about `size` pixels wide."""
    noise = blur(rng.normal(size=canvas), size)
    return (noise - noise.mean()) / noise.std()


def blur(values: np.ndarray, sigma: float) -> np.ndarray:
    """Convolved with a Gaussian, as a product of spectra."""
    y = np.fft.fftfreq(values.shape[0])[:, None]
    x = np.fft.rfftfreq(values.shape[1])
    gaussian = np.exp(-2 * (np.pi * sigma) ** 2 * (y**2 + x**2))
    return np.fft.irfft2(np.fft.rfft2(values) * gaussian, values.shape)


if __name__ == "__main__":
    main()
