import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsIndex, TypeAlias, TypedDict, final, overload

import numpy as np
import numpy.typing as npt
from PIL.Image import Image as PillowImage

from ._errors import Error

__all__ = [
    "Classification",
    "Explanation",
    "Graph",
    "Guess",
    "Mask",
    "Network",
    "Segmentation",
    "Summary",
    "Value",
    "adapters",
    "load",
    "models",
]

class _DLPack(Protocol):
    def __dlpack__(self) -> Any: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...

_Pixels: TypeAlias = npt.NDArray[np.uint8] | _DLPack
_Image: TypeAlias = str | os.PathLike[str] | bytes | bytearray | PillowImage | _Pixels
_Floats: TypeAlias = npt.NDArray[np.float32]

class _Preprocess(TypedDict, total=False):
    resize: int | tuple[int, int]
    crop: int | tuple[int, int]
    interpolation: Literal["nearest", "bilinear", "bicubic"]
    channels: Literal["rgb", "bgr", "gray"]
    mean: float | tuple[float, float, float]
    std: float | tuple[float, float, float]

class _Adapter(TypedDict):
    name: str
    backend: str
    device_type: str
    driver: str
    pci_address: str
    features: list[str]

class _Model(TypedDict):
    name: str
    family: str
    task: Literal["classify", "segment"]
    input: tuple[int, int, int]
    classes: int
    paper: str
    hub: str | None

class _Layer(TypedDict):
    name: str
    kind: str
    shape: list[int]
    parameters: int

class _Kernel(TypedDict):
    layer: str
    operation: str
    kernel: str
    shape: tuple[int, int, int]
    flops: int
    bytes: int
    seconds: float | None

class _Share(TypedDict):
    label: str
    index: int
    share: float
    colour: str

def adapters() -> list[_Adapter]: ...
def models() -> list[_Model]: ...
def load(
    network: str | os.PathLike[str] | Graph,
    weights: str | os.PathLike[str] | Mapping[str, npt.NDArray[Any] | _DLPack] | None = None,
    device: str | int | None = None,
    batch: int | None = None,
    precision: Literal["f32", "f16-storage", "f16"] = "f32",
    *,
    size: Sequence[int] | None = None,
    labels: Sequence[str] | None = None,
    layer: str | None = None,
    keep_f32: Sequence[str] | None = None,
    preprocess: _Preprocess | None = None,
) -> Network: ...

@final
class Network:
    @property
    def name(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def task(self) -> Literal["classify", "segment"]: ...
    @property
    def classes(self) -> int: ...
    @property
    def labels(self) -> list[str]: ...
    @property
    def batch(self) -> int: ...
    @property
    def input(self) -> tuple[int, int, int] | None: ...
    def __call__(self, x: npt.NDArray[np.float32] | _DLPack) -> _Floats: ...
    @overload
    def classify(  # type: ignore[overload-overlap]
        self, images: _Image, top: int = 5, *, errors: Literal["raise", "return"] = "raise"
    ) -> Classification: ...
    @overload
    def classify(
        self, images: Iterable[_Image], top: int = 5, *, errors: Literal["raise"] = "raise"
    ) -> list[Classification]: ...
    @overload
    def classify(
        self, images: Iterable[_Image], top: int = 5, *, errors: Literal["return"]
    ) -> list[Classification | Error]: ...
    @overload
    def segment(self, images: _Image) -> Mask | Segmentation: ...  # type: ignore[overload-overlap]
    @overload
    def segment(self, images: Iterable[_Image]) -> list[Mask | Segmentation]: ...
    @overload
    def explain(  # type: ignore[overload-overlap]
        self, images: _Image, label: str | int | None = None
    ) -> Explanation: ...
    @overload
    def explain(self, images: Iterable[_Image], label: str | int | None = None) -> list[Explanation]: ...
    def embed(self, images: _Image | Iterable[_Image]) -> _Floats: ...
    def run(self, inputs: dict[str, npt.NDArray[np.float32] | _DLPack]) -> dict[str, _Floats]: ...
    def summary(self) -> Summary: ...
    def profile(self, runs: int = 10) -> list[_Kernel]: ...

@final
class Guess:
    @property
    def label(self) -> str: ...
    @property
    def index(self) -> int: ...
    @property
    def probability(self) -> float: ...

@final
class Classification:
    @property
    def scores(self) -> _Floats: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Guess: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Guess]: ...
    def __iter__(self) -> Iterator[Guess]: ...
    def _repr_html_(self) -> str: ...

@final
class Mask:
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def probabilities(self) -> _Floats: ...
    def covered(self, threshold: float = 0.5) -> float: ...
    def picture(self, threshold: float = 0.5) -> PillowImage: ...
    def _repr_html_(self) -> str: ...

@final
class Segmentation:
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def classes(self) -> npt.NDArray[np.uint32]: ...
    @property
    def shares(self) -> list[_Share]: ...
    def picture(self) -> PillowImage: ...
    def _repr_html_(self) -> str: ...

@final
class Explanation:
    @property
    def label(self) -> str: ...
    @property
    def index(self) -> int: ...
    @property
    def probability(self) -> float: ...
    @property
    def map(self) -> _Floats: ...
    def picture(self, strength: float = 0.5) -> PillowImage: ...
    def _repr_html_(self) -> str: ...

@final
class Summary:
    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> int: ...
    @property
    def layers(self) -> list[_Layer]: ...
    def _repr_html_(self) -> str: ...

@final
class Value:
    @property
    def shape(self) -> tuple[int, int, int]: ...

@final
class Graph:
    def __new__(cls, name: str) -> Graph: ...
    def at(self, name: object) -> Graph: ...
    def image(self, name: str, shape: tuple[int, int, int]) -> Value: ...
    def output(self, name: str, x: Value) -> None: ...
    def summary(self) -> Summary: ...
    def conv(
        self,
        name: str,
        x: Value,
        channels: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int | Literal["same"] = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> Value: ...
    def conv_transpose(
        self,
        name: str,
        x: Value,
        channels: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
        bias: bool = True,
    ) -> Value: ...
    def linear(self, name: str, x: Value, features: int) -> Value: ...
    def batch_norm(self, name: str, x: Value, epsilon: float = 1e-5) -> Value: ...
    def layer_norm(self, name: str, x: Value, epsilon: float = 1e-6) -> Value: ...
    def group_norm(self, name: str, x: Value, groups: int, epsilon: float = 1e-5) -> Value: ...
    def relu(self, name: str, x: Value) -> Value: ...
    def activation(
        self,
        name: str,
        x: Value,
        function: Literal[
            "relu",
            "relu6",
            "sigmoid",
            "tanh",
            "silu",
            "gelu",
            "hard_sigmoid",
            "hard_swish",
            "leaky_relu",
            "elu",
        ],
        slope: float | None = None,
    ) -> Value: ...
    def prelu(self, name: str, x: Value) -> Value: ...
    def softmax(self, name: str, x: Value) -> Value: ...
    def dropout(self, name: str, x: Value) -> Value: ...
    def max_pool(
        self, name: str, x: Value, kernel: int, *, stride: int | None = None, padding: int = 0, ceil: bool = False
    ) -> Value: ...
    def average_pool(
        self,
        name: str,
        x: Value,
        kernel: int,
        *,
        stride: int | None = None,
        padding: int = 0,
        ceil: bool = False,
        count_padding: bool = True,
    ) -> Value: ...
    def adaptive_average_pool(self, name: str, x: Value, size: int) -> Value: ...
    def global_average_pool(self, name: str, x: Value) -> Value: ...
    def add(self, name: str, a: Value, b: Value) -> Value: ...
    def multiply(self, name: str, a: Value, b: Value) -> Value: ...
    def concat(self, name: str, values: Sequence[Value]) -> Value: ...
    def split(self, name: str, x: Value, channels: Sequence[int]) -> list[Value]: ...
    def flatten(self, name: str, x: Value) -> Value: ...
    def pad(self, name: str, x: Value, border: tuple[int, int, int, int]) -> Value: ...
    def resize(
        self,
        name: str,
        x: Value,
        size: Sequence[int],
        mode: Literal["nearest", "bilinear"] = "nearest",
        *,
        align_corners: bool = False,
    ) -> Value: ...
