"""Classic convolutional networks on any GPU.

>>> import menagerie
>>> net = menagerie.load("mobilenet_v2")
>>> net.classify("samples/cat.png")[0].label
'Egyptian cat'

`load` makes a `Network`, which classifies, segments, explains and embeds images, and computes with arrays.
"""

from ._errors import AccessError, DeviceError, Error, InputError, WeightsError
from ._menagerie import (
    Classification,
    Explanation,
    Graph,
    Guess,
    Mask,
    Network,
    Segmentation,
    Summary,
    Value,
    adapters,
    load,
    models,
)

__all__ = [
    "AccessError",
    "Classification",
    "DeviceError",
    "Error",
    "Explanation",
    "Graph",
    "Guess",
    "InputError",
    "Mask",
    "Network",
    "Segmentation",
    "Summary",
    "Value",
    "WeightsError",
    "adapters",
    "load",
    "models",
]
