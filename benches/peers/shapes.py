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
SIDES = {"inception_v3": 299}


def input_shape(name: str) -> tuple[int, int, int, int]:
    side = SIDES.get(name, 224)
    return (1, 3, side, side)
