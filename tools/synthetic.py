"""Synthetic weights: every value is computed from a tensor's name, its shape and a seed.

The Rust side computes the same values, so both must do the same operations in the same order.
"""

import math

import numpy as np


def tensor(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    u = _uniform(name, math.prod(shape), seed)
    if name.endswith("running_var"):
        values = 0.5 + u
    elif name.endswith(("running_mean", "bias")):
        values = (2.0 * u - 1.0) * 0.1
    elif len(shape) == 1:
        values = 0.5 + u
    elif len(shape) == 3 and shape[1:] == (1, 1):
        values = (0.5 + u) * 0.1
    else:
        values = (2.0 * u - 1.0) * math.sqrt(6.0 / math.prod(shape[1:]))
    return values.astype(np.float32).reshape(shape)


def network_input(shape: tuple[int, ...], seed: int) -> np.ndarray:
    u = _uniform("input", math.prod(shape), seed)
    return (2.0 * u - 1.0).astype(np.float32).reshape(shape)


def _uniform(name: str, count: int, seed: int) -> np.ndarray:
    """SplitMix64 started at the hash of the name, as doubles in [0, 1)."""
    start = np.uint64(fnv1a64(name) ^ seed)
    x = start + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(40)).astype(np.float64) / 2.0**24


def fnv1a64(name: str) -> int:
    digest = 0xCBF29CE484222325
    for byte in name.encode():
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest
