//! The families of the zoo.

use super::{
    alexnet, alexnet_lrn, convnext, densenet, efficientnet, efficientnet_lite, googlenet,
    inception_resnet_v2, inception_v3, keras, lenet5, mnasnet, mobilenet_v1, mobilenet_v2,
    mobilenet_v3, nasnet, regnet, resnet, squeezenet, unet, vgg, xception,
};
use crate::error::Result;
use crate::graph::Graph;
use crate::tensor::Shape;

/// A network's family, and what tells it from its siblings.
pub enum Architecture {
    AlexNet,
    AlexNetLrn,
    ConvNext(convnext::Config),
    DenseNet(densenet::Config),
    EfficientNet(efficientnet::Config),
    EfficientNetLite0,
    GoogLeNet,
    InceptionResNetV2,
    InceptionV3,
    Keras(keras::Network),
    LeNet5,
    /// Of such a width.
    MnasNet(f64),
    MobileNetV1,
    MobileNetV2,
    MobileNetV3(mobilenet_v3::Config),
    NasNet(nasnet::Config),
    RegNet(regnet::Config),
    ResNet(resnet::Config),
    SqueezeNet(squeezenet::Config),
    UNet(unet::Config),
    Vgg(vgg::Config),
    Xception,
}

use Architecture::{
    AlexNet, AlexNetLrn, ConvNext, DenseNet, EfficientNet, EfficientNetLite0, GoogLeNet,
    InceptionResNetV2, InceptionV3, Keras, LeNet5, MnasNet, MobileNetV1, MobileNetV2, MobileNetV3,
    NasNet, RegNet, ResNet, SqueezeNet, UNet, Vgg, Xception,
};

impl Architecture {
    /// The network for images of `input`.
    pub fn build(&self, name: &str, input: Shape, classes: usize) -> Result<Graph> {
        match self {
            AlexNet => alexnet::build(name, input, classes),
            AlexNetLrn => alexnet_lrn::build(name, input, classes),
            ConvNext(config) => convnext::build(name, config, input, classes),
            DenseNet(config) => densenet::build(name, config, input, classes),
            EfficientNet(config) => efficientnet::build(name, config, input, classes),
            EfficientNetLite0 => efficientnet_lite::build(name, input, classes),
            GoogLeNet => googlenet::build(name, input, classes),
            InceptionResNetV2 => inception_resnet_v2::build(name, input, classes),
            InceptionV3 => inception_v3::build(name, input, classes),
            Keras(network) => network.build(name, input, classes),
            LeNet5 => lenet5::build(name, input, classes),
            MnasNet(width) => mnasnet::build(name, *width, input, classes),
            MobileNetV1 => mobilenet_v1::build(name, input, classes),
            MobileNetV2 => mobilenet_v2::build(name, input, classes),
            MobileNetV3(config) => mobilenet_v3::build(name, config, input, classes),
            NasNet(config) => nasnet::build(name, config, input, classes),
            RegNet(config) => regnet::build(name, config, input, classes),
            ResNet(config) => resnet::build(name, config, input, classes),
            SqueezeNet(config) => squeezenet::build(name, config, input, classes),
            UNet(config) => unet::build(name, config, input, classes),
            Vgg(config) => vgg::build(name, config, input, classes),
            Xception => xception::build(name, input, classes),
        }
    }
}
