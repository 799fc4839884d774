"""Writes which layer of timm's networks is which layer of torchvision's: tests/golden/timm/NAME.txt.

Both networks run on one image, and their layers are paired in the order in which they run. Then timm's network gets
the weights of torchvision's, and both must give the same answer. So the pairs do not depend on names.

    python tools/timm_names.py [NAME...]

A line has timm's layer, torchvision's layer, and the shape of timm's weight if it differs.
"""

import sys
from pathlib import Path

import timm
import torch
import torchvision

FOLDER = Path(__file__).parent.parent / "tests/golden/timm"

# torchvision's networks, and timm's of the same layers under other names.
PAIRS = {
    "efficientnet_b0": "efficientnet_b0",
    "efficientnet_b4": "efficientnet_b4",
    "efficientnet_v2_s": "efficientnetv2_s",
    "mnasnet0_5": "mnasnet_050",
    "mnasnet0_75": "mnasnet_075",
    "mnasnet1_0": "mnasnet_100",
    "mobilenet_v2": "mobilenetv2_100",
    "mobilenet_v3_large": "mobilenetv3_large_100",
    "mobilenet_v3_small": "mobilenetv3_small_100",
    "regnet_x_1_6gf": "regnetx_016",
    "regnet_x_800mf": "regnetx_008",
    "regnet_y_1_6gf": "regnety_016",
    "regnet_y_400mf": "regnety_004",
    "regnet_y_8gf": "regnety_080_tv",
    "vgg11_bn": "vgg11_bn",
}


def randomized(network):
    """The network with values in every tensor that differ from 0 and 1."""
    generator = torch.Generator().manual_seed(0)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var") or (name.endswith("weight") and tensor.dim() == 1):
            tensor.uniform_(0.8, 1.2, generator=generator)
        elif name.endswith("running_mean") or name.endswith("bias"):
            tensor.uniform_(-0.1, 0.1, generator=generator)
        elif tensor.dim() > 1:
            bound = (6 / tensor[0].numel()) ** 0.5
            tensor.uniform_(-bound, bound, generator=generator)
    return network.eval()


def layers(network, image):
    """The names of the layers with parameters, in the order in which they run."""
    ran = []
    hooks = [
        module.register_forward_hook(lambda *_, name=name: ran.append(name))
        for name, module in network.named_modules()
        if module._parameters and any(p is not None for p in module._parameters.values())
    ]
    network(image)
    for hook in hooks:
        hook.remove()
    # timm's RegNet runs the shortcut of a block after it, torchvision's before it.
    result = []
    for name in ran:
        block = name.split(".downsample.")[0] + "."
        if ".downsample." in name and result:
            first = next(i for i, other in enumerate(result) if other.startswith(block))
            shortcuts = sum(".downsample." in other for other in result[first:])
            result.insert(first + shortcuts, name)
        else:
            result.append(name)
    return result


def pairs(ours, theirs):
    torch.manual_seed(0)
    one = randomized(getattr(torchvision.models, ours)())
    other = timm.create_model(theirs).eval()
    for module in other.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = next(m.eps for m in one.modules() if isinstance(m, torch.nn.BatchNorm2d))
    image = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        expected = one(image)
        matched = list(zip(layers(one, image), layers(other, image), strict=True))
        weights, shapes, state, lines = one.state_dict(), other.state_dict(), {}, []
        for our, their in matched:
            roles = [name.rsplit(".", 1)[1] for name in weights if name.rsplit(".", 1)[0] == our]
            for role in roles:
                shape = shapes[f"{their}.{role}"].shape
                state[f"{their}.{role}"] = weights[f"{our}.{role}"].reshape(shape)
            shape = shapes[f"{their}.weight"].shape
            differs = shape != weights[f"{our}.weight"].shape
            lines.append(f"{their} {our}" + (" " + "x".join(map(str, shape)) if differs else ""))
        other.load_state_dict(state, strict=True)
        found = other(image)
    error = ((found - expected).abs().max() / expected.abs().max()).item()
    print(f"{ours} = {theirs}: {len(lines)} layers, largest difference {error:.1e}")
    assert error < 1e-4, "the layers are not the same"
    return lines


for name in sys.argv[1:] or PAIRS:
    lines = pairs(name, PAIRS[name])
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text("\n".join(lines) + "\n")
