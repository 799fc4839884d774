"""The networks that tools/onnx_networks.py exports, one or two of a family, and how they are made.

Each has the size of its image, the operator set of each exporter, and options of its own.
"""

import timm
import torch
from torchvision import models

CLASSES = 100
SEGMENTATION = {"num_classes": 5, "weights_backbone": None}
TORCHVISION = {
    "resnet18": (64, {"legacy": 9, "dynamo": 18}, {"num_classes": 1000}),
    "squeezenet1_1": (64, {"legacy": 14, "dynamo": 22}, {}),
    "mobilenet_v2": (64, {"legacy": 19, "dynamo": 26}, {"num_classes": 1000}),
    "mobilenet_v3_small": (64, {"legacy": 12, "dynamo": 21}, {"num_classes": 1000}),
    "mnasnet0_5": (64, {"legacy": 17, "dynamo": 25}, {"num_classes": 1000}),
    "shufflenet_v2_x0_5": (64, {"legacy": 10, "dynamo": 20}, {}),
    "efficientnet_b0": (64, {"legacy": 15, "dynamo": 24}, {"num_classes": 1000}),
    "regnet_x_400mf": (64, {"legacy": 20, "dynamo": 19}, {}),
    "googlenet": (64, {"legacy": 16}, {"init_weights": False}),
    "inception_v3": (96, {"legacy": 11}, {"init_weights": False}),
    "resnext50_32x4d": (64, {"dynamo": 22}, {}),
    "efficientnet_v2_s": (64, {"legacy": 18}, {}),
    "convnext_tiny": (64, {"dynamo": 20}, {}),
    "lraspp_mobilenet_v3_large": (64, {"legacy": 13, "dynamo": 23}, SEGMENTATION),
    "deeplabv3_mobilenet_v3_large": (64, {"legacy": 14, "dynamo": 18}, SEGMENTATION),
    "fcn_resnet50": (64, {"legacy": 15}, SEGMENTATION),
}
TIMM = {
    "regnety_002": (64, {"legacy": 12}, {}),
    "lcnet_035": (64, {"legacy": 14}, {}),
    "dla46_c": (64, {"legacy": 10}, {}),
    "hardcorenas_a": (64, {"legacy": 11}, {}),
    "resnet10t": (64, {"legacy": 17}, {}),
    "tinynet_e": (64, {"legacy": 20}, {}),
    "mobilenetv4_conv_small_035": (64, {"legacy": 12, "dynamo": 24}, {}),
    "convnextv2_atto": (64, {"legacy": 17, "dynamo": 25}, {}),
    "convnext_atto": (64, {"legacy": 14}, {}),
    "seresnet18": (64, {"legacy": 19}, {}),
    "resnest14d": (64, {"legacy": 13, "dynamo": 18}, {}),
    "dla60_res2net": (64, {"legacy": 16}, {}),
    "hrnet_w18_small": (64, {"legacy": 11, "dynamo": 22}, {}),
    "repvgg_a0": (64, {"legacy": 9, "dynamo": 19}, {}),
    "ghostnet_050": (64, {"legacy": 18, "dynamo": 23}, {}),
    "mixnet_s": (64, {"legacy": 15}, {}),
    "darknet17": (64, {"legacy": 10}, {}),
    "cs3darknet_s": (64, {"legacy": 20, "dynamo": 24}, {}),
    "cspresnet50": (64, {"legacy": 12}, {}),
    "test_nfnet": (64, {"legacy": 16, "dynamo": 20}, {}),
    "rexnet_100": (64, {"legacy": 17, "dynamo": 21}, {}),
    "convmixer_768_32": (56, {"legacy": 16, "dynamo": 25}, {}),
    "fastvit_t8": (64, {"legacy": 19, "dynamo": 18}, {}),
    "starnet_s050": (64, {"legacy": 14, "dynamo": 26}, {}),
    "inception_next_atto": (64, {"legacy": 11, "dynamo": 22}, {}),
    "ese_vovnet19b_slim_dw": (64, {"legacy": 9, "dynamo": 18}, {}),
    "fbnetc_100": (64, {"legacy": 15}, {}),
    "repghostnet_050": (64, {"legacy": 10, "dynamo": 19}, {}),
    "poolformer_s12": (64, {"legacy": 18}, {}),
    "vit_tiny_patch16_224": (64, {"legacy": 17, "dynamo": 20}, {"img_size": 64}),
    "test_coatnet": (160, {"legacy": 12}, {}),
    "dpn48b": (64, {"legacy": 17}, {}),
    "gernet_s": (64, {"legacy": 13}, {}),
    "skresnet18": (64, {"legacy": 19, "dynamo": 21}, {}),
    "ecaresnet26t": (64, {"legacy": 9}, {}),
    "mobileone_s0": (64, {"dynamo": 24}, {}),
    "efficientvit_b0": (64, {"legacy": 14, "dynamo": 25}, {}),
    "hgnetv2_b0": (64, {"legacy": 15, "dynamo": 20}, {}),
    "repvit_m0_9": (64, {"dynamo": 18}, {}),
    "mobilevit_xxs": (64, {"legacy": 20}, {}),
    "mambaout_femto": (64, {"legacy": 10}, {}),
    "fasternet_t0": (64, {"legacy": 11, "dynamo": 22}, {}),
    "resnetv2_18": (64, {"legacy": 18}, {}),
    "semnasnet_050": (64, {"legacy": 12}, {}),
    "regnetz_005": (64, {"legacy": 16}, {}),
    "densenet121": (64, {"legacy": 9, "dynamo": 21}, {"block_config": (2, 3, 3, 2)}),
    "densenetblur121d": (64, {"dynamo": 23}, {"block_config": (2, 2, 2, 2)}),
    "xception41": (64, {"legacy": 9}, {}),
    "tf_efficientnetv2_b0": (64, {"legacy": 17}, {}),
    "selecsls42": (64, {"legacy": 19}, {}),
    "tresnet_m": (64, {"legacy": 14}, {}),
    "pvt_v2_b0": (64, {"legacy": 20}, {}),
    "test_efficientnet_ln": (64, {"legacy": 13}, {}),
}

class Segmentation(torch.nn.Module):
    """A segmentation network of torchvision with one output."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return self.network(image)["out"]


def case(name):
    """Size, operator set of each exporter, and options."""
    return TORCHVISION.get(name) or TIMM[name]


def create(name):
    """The network, with weights of which no two are equal.

    Exporters drop biases that are 0, and store equal tensors once. Networks start with some of both: scales of 1, and
    scales of 0 at the ends of blocks.
    """
    torch.manual_seed(0)
    options = {"num_classes": CLASSES, **case(name)[2]}
    if name in TIMM:
        network = timm.create_model(name, pretrained=False, exportable=True, **options)
    else:
        network = models.get_model(name, weights=None, **options)
    if "weights_backbone" in options:
        network = Segmentation(network)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in (*network.parameters(), *network.buffers()):
            if tensor.is_floating_point() and tensor.numel() > 0 and bool((tensor == tensor.flatten()[0]).all()):
                tensor.uniform_(0.5, 1.5, generator=generator)
    return network.eval()
