"""DenseNet as Keras computes it, with torchvision's names of its layers."""

import keras_weights

# Layers of each block; Keras counts blocks from 2, as the stem is its first.
DENSENETS = {
    "densenet121": (6, 12, 24, 16),
    "densenet169": (6, 12, 32, 32),
    "densenet201": (6, 12, 48, 32),
}


def layers(name: str) -> keras_weights.Layers:
    names = {
        "conv1_conv": ("features.conv0",),
        "conv1_bn": ("features.norm0",),
        "bn": ("features.norm5",),
        "predictions": ("classifier",),
    }
    for block, count in enumerate(DENSENETS[name], start=1):
        for i in range(1, count + 1):
            theirs = f"conv{block + 1}_block{i}"
            ours = f"features.denseblock{block}.denselayer{i}"
            names[f"{theirs}_0_bn"] = (f"{ours}.norm1",)
            names[f"{theirs}_1_conv"] = (f"{ours}.conv1",)
            names[f"{theirs}_1_bn"] = (f"{ours}.norm2",)
            names[f"{theirs}_2_conv"] = (f"{ours}.conv2",)
        if block < len(DENSENETS[name]):
            names[f"pool{block + 1}_bn"] = (f"features.transition{block}.norm",)
            names[f"pool{block + 1}_conv"] = (f"features.transition{block}.conv",)
    return names
