"""Makes tests/golden/hub/configs.json: timm's repositories on the Hub, and their preprocessing."""

import argparse
import json
from pathlib import Path

import timm
from timm.data import create_transform, resolve_data_config
from timm.models import PretrainedCfg
from torchvision import transforms

import atomic
import hub


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("tests/golden/hub/configs.json"))
    output: Path = parser.parse_args().output

    lines = []
    for name, checkpoint in hub.CHECKPOINTS.items():
        pretrained = timm.get_pretrained_cfg(checkpoint, allow_unregistered=False)
        # timm publishes some elsewhere.
        if pretrained.hf_hub_id:
            lines.append(f'  "{name}": {json.dumps(config(pretrained))}')
    models = ",\n".join(lines)
    text = f'{{"timm": "{timm.__version__}", "models": {{\n{models}\n}}}}\n'
    atomic.write(output, text.encode())


def config(pretrained: PretrainedCfg) -> dict[str, object]:
    """Sizes are the transform's own, and not worked out from the configuration."""
    data = resolve_data_config(pretrained_cfg=pretrained.to_dict())
    resize, crop, *_ = create_transform(**data).transforms
    assert isinstance(resize, transforms.Resize) and isinstance(crop, transforms.CenterCrop)
    return {
        "repository": pretrained.hf_hub_id,
        "classes": pretrained.num_classes,
        "resize": resize.size,
        "interpolation": resize.interpolation.value,
        "crop": crop.size,
        "mean": data["mean"],
        "std": data["std"],
    }


if __name__ == "__main__":
    main()
