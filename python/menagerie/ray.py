"""Many photos on many GPUs and machines, with Ray (https://ray.io)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import ray

from . import Classification, DeviceError, Error, adapters, load

if TYPE_CHECKING:
    import numpy.typing as npt

    from ._menagerie import _Adapter

__all__ = ["Classifier"]


class Classifier:
    """Classifies batches of photos: a class for `Dataset.map_batches` with `batch_format="numpy"`.

    A batch has the photos in one column, as for `Network.classify`: paths, bytes of image files, or arrays of uint8. In the
    result this column is replaced by `label`, `index` and `probability` of the most probable class, and by `error`, which
    is empty, or says why a photo could not be read. Such a photo has an empty label, the index -1 and the probability NaN.

    Args:
        network: as for `menagerie.load`.
        column: the name of the column with the photos.
        device: as for `menagerie.load`. By default the GPU that Ray gave to this actor, if it gave one, otherwise the
            fastest.
        options: further arguments of `menagerie.load`.
    """

    def __init__(
        self, network: Any = "mobilenet_v2", *, column: str = "bytes", device: str | int | None = None, **options: Any
    ) -> None:
        if device is None and (given := ray.get_gpu_ids()):
            device = address(int(given[0]), adapters())
        self.column = column
        self.network = load(network, device=device, **options)

    def __call__(self, batch: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
        answers = self.network.classify(list(batch[self.column]), top=1, errors="return")
        rows = [_row(answer) for answer in answers]
        columns = {name: values for name, values in batch.items() if name != self.column}
        for index, (name, dtype) in enumerate(_COLUMNS.items()):
            columns[name] = np.array([row[index] for row in rows], dtype)
        return columns


_COLUMNS = {"label": object, "index": np.int64, "probability": np.float64, "error": object}


def _row(answer: Classification | Error) -> tuple[str, int, float, str]:
    if isinstance(answer, Error):
        return "", -1, float("nan"), str(answer)
    return answer[0].label, answer[0].index, answer[0].probability, ""


def address(number: int, found: list[_Adapter]) -> str:
    """The PCI address of the GPU that Ray calls `number`. Ray counts GPUs in the order of their addresses."""
    addresses = sorted({gpu["pci_address"] for gpu in found if gpu["device_type"] == "DiscreteGpu"} - {""})
    if number < len(addresses):
        return addresses[number]
    raise DeviceError(
        f"Ray gave this actor the GPU {number}, found {len(addresses)} GPUs with a PCI address; give the device by its name",
        "unknown_adapter",
    )
