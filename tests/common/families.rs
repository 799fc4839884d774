//! The families of the zoo, for tests that need not see every depth of a network.

/// The smallest network of each family that has all that its siblings have.
pub const SMALLEST: &[&str] = &[
    "alexnet",
    "alexnet_lrn",
    "densenet121",
    "efficientnet_lite0",
    "googlenet",
    "inception_resnet_v2",
    "inception_v3",
    "keras_inception_v3",
    "keras_xception",
    "lenet5",
    "mobilenet_v1",
    "mobilenet_v2",
    "nasnet_mobile",
    "resnet18",
    "resnet50",
    "squeezenet1_1",
    "unet_bilinear",
    "unet_small",
    "vgg11_bn",
    "xception",
];
