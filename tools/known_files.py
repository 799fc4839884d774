"""Makes src/zoo/known_files.txt: how photos are prepared for the weights that torchvision and timm publish.

A line has the network, the name of the weights, the file without its extension, the Hub's repository, and then the
preprocessing: the shorter side, or `whole` for a resize of the whole photo, the crop, the filter, mean and deviation; or
`reference` for what the network's reference implementation does. `-` stands for none.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import timm
from timm.data import create_transform, resolve_data_config
from timm.models import PretrainedCfg
from torchvision import transforms
from torchvision.models import WeightsEnum, get_model_weights

import atomic
from torchvision_configs import TRANSFORMING
from zoo import ZOO

# What torchvision called its first weights before: files of the same or of other values, for the same preprocessing.
# From `model_urls` of its earlier releases.
EARLIER = {
    "alexnet": ("alexnet-owt-4df8aa71",),
    "densenet121": ("densenet121-241335ed",),
    "densenet161": ("densenet161-17b70270",),
    "densenet169": ("densenet169-6f0f7f60",),
    "densenet201": ("densenet201-4c113574",),
    "efficientnet_b0": ("efficientnet_b0_rwightman-3dd342df",),
    "efficientnet_b1": ("efficientnet_b1_rwightman-533bc792",),
    "efficientnet_b2": ("efficientnet_b2_rwightman-bcdf34b7",),
    "efficientnet_b3": ("efficientnet_b3_rwightman-cf984f9c",),
    "efficientnet_b4": ("efficientnet_b4_rwightman-7eb33cd5",),
    "efficientnet_b5": ("efficientnet_b5_lukemelas-b6417697",),
    "efficientnet_b6": ("efficientnet_b6_lukemelas-c76e70fd",),
    "efficientnet_b7": ("efficientnet_b7_lukemelas-dcc49843",),
    "inception_v3": ("inception_v3_google-1a9a5a14",),
    "mnasnet0_5": ("mnasnet0.5_top1_67.592-7c6cb539b9",),
    "resnet18": ("resnet18-5c106cde",),
    "resnet34": ("resnet34-333f7ec4",),
    "resnet50": ("resnet50-19c8e357",),
    "resnet101": ("resnet101-5d3b4d8f",),
    "resnet152": ("resnet152-b121ed2d",),
    "squeezenet1_0": ("squeezenet1_0-a815701f",),
    "squeezenet1_1": ("squeezenet1_1-f364aa15",),
}

# timm's networks of the same layers. Those that share a name with one of these, as timm's `mobilenetv1_100`, pad otherwise.
REGNETS = {"400mf": "004", "800mf": "008", "1_6gf": "016", "3_2gf": "032", "8gf": "080", "16gf": "160", "32gf": "320"}
TIMM: dict[str, tuple[str, ...]] = {
    "efficientnet_lite0": ("tf_efficientnet_lite0",),
    "inception_resnet_v2": ("inception_resnet_v2",),
    "inception_v3": ("inception_v3",),
    "mnasnet0_5": ("mnasnet_050",),
    "mnasnet0_75": ("mnasnet_075",),
    "mnasnet1_0": ("mnasnet_100",),
    "mobilenet_v2": ("mobilenetv2_100",),
    "mobilenet_v3_large": ("mobilenetv3_large_100",),
    "mobilenet_v3_small": ("mobilenetv3_small_100",),
    "nasnet_large": ("nasnetalarge",),
    "regnet_y_128gf": ("regnety_1280",),
    "xception": ("legacy_xception",),
    **{f"efficientnet_v2_{size}": (f"efficientnetv2_{size}",) for size in "sml"},
    **{f"regnet_x_{size}": (f"regnetx_{theirs}",) for size, theirs in REGNETS.items()},
    **{f"regnet_y_{size}": (f"regnety_{theirs}",) for size, theirs in REGNETS.items()},
}
TIMM["regnet_x_400mf"] += ("regnetx_004_tv",)
TIMM["regnet_y_800mf"] += ("regnety_008_tv",)
TIMM["regnet_y_8gf"] += ("regnety_080_tv",)
SAME_NAMES = ("convnext", "densenet", "efficientnet_b", "resnet", "resnext", "vgg", "wide_resnet")
TIMM |= {name: (name,) for name in ZOO if name.startswith(SAME_NAMES)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("src/zoo/known_files.txt"))
    output: Path = parser.parse_args().output

    lines = [" ".join(line) for name in ZOO for line in (*of_torchvision(name), *of_timm(name))]
    atomic.write(output, "".join(f"{line}\n" for line in lines).encode())


def of_torchvision(name: str) -> Iterator[tuple[str, ...]]:
    if ZOO[name].framework != "torchvision":
        return
    # Those without a classifier are features for another task.
    published = [one for one in get_model_weights(name) if not one.name.endswith("FEATURES")]
    for one in published:
        earlier = EARLIER.get(name, ()) if one is published[0] else ()
        for file in (PurePosixPath(one.url).stem, *earlier):
            yield (name, one.name, file, "-", *preset(name, one))


def preset(name: str, weights: WeightsEnum) -> tuple[str, ...]:
    assert isinstance(weights.transforms, partial)
    found = weights.transforms()
    # The first do a part inside the network, and segmentation networks take photos of any size.
    if name in TRANSFORMING or not hasattr(found, "crop_size"):
        return ("reference",)
    side, crop = str(found.resize_size[0]), str(found.crop_size[0])
    return (side, crop, found.interpolation.value, listed(found.mean), listed(found.std))


def of_timm(name: str) -> Iterator[tuple[str, ...]]:
    for architecture in TIMM.get(name, ()):
        for full in timm.list_pretrained(f"{architecture}.*"):
            pretrained = timm.get_pretrained_cfg(full, allow_unregistered=False)
            url = PurePosixPath(pretrained.url or "-")
            # torchvision's own files are evaluated as it does.
            file = "-" if "download.pytorch.org" in url.parts else url.stem
            yield (name, full, file, pretrained.hf_hub_id or "-", *transform(pretrained))


def transform(pretrained: PretrainedCfg) -> tuple[str, ...]:
    """Sizes are the transform's own, and not worked out from the configuration."""
    data = resolve_data_config(pretrained_cfg=pretrained.to_dict())
    resize, crop, *_ = create_transform(**data).transforms
    assert isinstance(resize, transforms.Resize) and isinstance(crop, transforms.CenterCrop)
    height, width = crop.size
    is_whole = resize.size == [height, width] or resize.size == (height, width)
    assert height == width and (is_whole or isinstance(resize.size, int))
    side = "whole" if is_whole else str(resize.size)
    interpolation = resize.interpolation.value
    return (side, str(height), interpolation, listed(data["mean"]), listed(data["std"]))


def listed(values: list[float]) -> str:
    return ",".join(map(str, values))


if __name__ == "__main__":
    main()
