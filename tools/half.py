"""Converts weights to half precision, if that does not change the result of the network."""

import numpy as np

# Values below the smallest normal half lose digits one by one; a change of this size in a weight
# or a statistic is far below the noise of rounding all the others.
ABSOLUTE = 2.0**-24
RELATIVE = 2.0**-11


def tensors(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: _half(name, value) for name, value in state.items()}


def _half(name: str, value: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        half = value.astype(np.float16)
    error = np.abs(half.astype(np.float64) - value)
    if not np.all(error <= ABSOLUTE + RELATIVE * np.abs(value)):
        raise SystemExit(f"error: {name} does not fit half precision")
    return half
