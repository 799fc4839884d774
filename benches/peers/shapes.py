"""The networks that are compared, and what goes in: known without loading any framework."""

NAMES = [
    "alexnet",
    "squeezenet1_1",
    "mobilenet_v2",
    "googlenet",
    "resnet50",
    "densenet121",
    "inception_v3",
    "vgg16",
]
# Networks with groups, gates and shuffles, which are compared if they are named.
OTHERS = [
    "efficientnet_b0",
    "mobilenet_v3_large",
    "shufflenet_v2_x1_0",
    "regnet_y_400mf",
    "resnext50_32x4d",
    "convnext_tiny",
]
SIDES = {"inception_v3": 299}


def input_shape(name: str) -> tuple[int, int, int, int]:
    side = SIDES.get(name, 224)
    return (1, 3, side, side)
