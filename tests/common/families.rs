//! The families of the zoo, for tests that need not see every depth of a network.

use menagerie::zoo::{self, Model};

/// The smallest network of each family that has all that its siblings have.
pub const SMALLEST: &[&str] = &[
    "alexnet",
    "alexnet_lrn",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_lite0",
    "efficientnet_v2_s",
    "googlenet",
    "inception_resnet_v2",
    "inception_v3",
    "keras_inception_v3",
    "keras_xception",
    "lenet5",
    "mnasnet0_5",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "nasnet_mobile",
    "regnet_x_400mf",
    "regnet_y_400mf",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "squeezenet1_1",
    "unet_bilinear",
    "unet_small",
    "vgg11_bn",
    "xception",
];

/// Networks that are a smaller one's layers in other numbers and widths. Tests of whole networks leave them out, unless
/// the environment variable `MENAGERIE_ALL` is set.
pub const LARGER: &[&str] = &[
    "convnext_base",
    "convnext_large",
    "convnext_small",
    "densenet161",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_l",
    "efficientnet_v2_m",
    "mnasnet0_75",
    "mnasnet1_0",
    "mnasnet1_3",
    "mobilenet_v3_large",
    "regnet_x_1_6gf",
    "regnet_x_3_2gf",
    "regnet_x_8gf",
    "regnet_x_16gf",
    "regnet_x_32gf",
    "regnet_x_800mf",
    "regnet_y_1_6gf",
    "regnet_y_3_2gf",
    "regnet_y_8gf",
    "regnet_y_16gf",
    "regnet_y_32gf",
    "regnet_y_800mf",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
];

/// The networks of the zoo but for the [`LARGER`] ones.
pub fn without_larger() -> impl Iterator<Item = &'static Model> {
    let models = zoo::models().iter();
    models.filter(|model| !LARGER.contains(&model.name))
}

/// The networks that tests of whole networks are to try.
pub fn tested() -> impl Iterator<Item = &'static Model> {
    let all = std::env::var_os("MENAGERIE_ALL").is_some();
    let models = zoo::models().iter();
    models.filter(move |model| all || !LARGER.contains(&model.name))
}
