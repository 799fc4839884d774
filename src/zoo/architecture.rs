//! The families of the zoo.

use super::{
    alexnet, alexnet_lrn, convnext, deeplab_v3, densenet, efficientnet, efficientnet_lite, fcn,
    googlenet, inception_resnet_v2, inception_v3, keras, lenet5, lraspp, mnasnet, mobilenet_v1,
    mobilenet_v2, mobilenet_v3, nasnet, regnet, resnet, shufflenet_v2, squeezenet, unet, vgg,
    xception,
};
use crate::error::Result;
use crate::graph::Graph;
use crate::tensor::Shape;
use resnet::Stem;

/// A network's family, and what tells it from its siblings.
pub enum Architecture {
    AlexNet,
    AlexNetLrn,
    ConvNext(convnext::Config),
    DeepLabV3(deeplab_v3::Backbone),
    DenseNet(densenet::Config),
    EfficientNet(efficientnet::Config),
    EfficientNetLite0,
    Fcn(resnet::Config),
    GoogLeNet,
    InceptionResNetV2,
    InceptionV3,
    Keras(keras::Network),
    LeNet5,
    Lraspp,
    /// Of such a width.
    MnasNet(f64),
    MobileNetV1,
    MobileNetV2,
    MobileNetV3(mobilenet_v3::Config),
    NasNet(nasnet::Config),
    RegNet(regnet::Config),
    ResNet(resnet::Config),
    ShuffleNetV2(shufflenet_v2::Config),
    SqueezeNet(squeezenet::Config),
    UNet(unet::Config),
    Vgg(vgg::Config),
    Xception,
}

use Architecture::{
    AlexNet, AlexNetLrn, ConvNext, DeepLabV3, DenseNet, EfficientNet, EfficientNetLite0, Fcn,
    GoogLeNet, InceptionResNetV2, InceptionV3, Keras, LeNet5, Lraspp, MnasNet, MobileNetV1,
    MobileNetV2, MobileNetV3, NasNet, RegNet, ResNet, ShuffleNetV2, SqueezeNet, UNet, Vgg,
    Xception,
};

impl Architecture {
    /// The name of the family: that of the paper's network.
    pub fn family(&self) -> &'static str {
        match self {
            AlexNet | AlexNetLrn => "AlexNet",
            ConvNext(_) => "ConvNeXt",
            DeepLabV3(_) => "DeepLab v3",
            DenseNet(_) => "DenseNet",
            EfficientNet(config) => config.family(),
            EfficientNetLite0 => "EfficientNet Lite",
            Fcn(_) => "FCN",
            GoogLeNet => "GoogLeNet",
            InceptionResNetV2 => "Inception-ResNet v2",
            InceptionV3 => "Inception v3",
            Keras(network) => network.family(),
            LeNet5 => "LeNet",
            Lraspp => "LR-ASPP",
            MnasNet(_) => "MNASNet",
            MobileNetV1 => "MobileNet v1",
            MobileNetV2 => "MobileNet v2",
            MobileNetV3(_) => "MobileNet v3",
            NasNet(_) => "NASNet-A",
            RegNet(_) => "RegNet",
            ResNet(config) => config.family(),
            ShuffleNetV2(_) => "ShuffleNet v2",
            SqueezeNet(_) => "SqueezeNet",
            UNet(_) => "U-Net",
            Vgg(_) => "VGG",
            Xception => "Xception",
        }
    }

    /// The network for images of `input`.
    pub fn build(&self, name: &str, input: Shape, classes: usize) -> Result<Graph> {
        match self {
            AlexNet => alexnet::build(name, input, classes),
            AlexNetLrn => alexnet_lrn::build(name, input, classes),
            ConvNext(config) => convnext::build(name, config, input, classes),
            DeepLabV3(backbone) => deeplab_v3::build(name, backbone, input, classes),
            DenseNet(config) => densenet::build(name, config, input, classes),
            EfficientNet(config) => efficientnet::build(name, config, input, classes),
            EfficientNetLite0 => efficientnet_lite::build(name, input, classes),
            Fcn(backbone) => fcn::build(name, backbone, input, classes),
            GoogLeNet => googlenet::build(name, input, classes),
            InceptionResNetV2 => inception_resnet_v2::build(name, input, classes),
            InceptionV3 => inception_v3::build(name, input, classes),
            Keras(network) => network.build(name, input, classes),
            LeNet5 => lenet5::build(name, input, classes),
            Lraspp => lraspp::build(name, input, classes),
            MnasNet(width) => mnasnet::build(name, *width, input, classes),
            MobileNetV1 => mobilenet_v1::build(name, input, classes),
            MobileNetV2 => mobilenet_v2::build(name, input, classes),
            MobileNetV3(config) => mobilenet_v3::build(name, config, input, classes),
            NasNet(config) => nasnet::build(name, config, input, classes),
            RegNet(config) => regnet::build(name, config, input, classes),
            ResNet(config) => resnet::build(name, config, Stem::ImageNet, input, classes),
            ShuffleNetV2(config) => shufflenet_v2::build(name, config, input, classes),
            SqueezeNet(config) => squeezenet::build(name, config, input, classes),
            UNet(config) => unet::build(name, config, input, classes),
            Vgg(config) => vgg::build(name, config, input, classes),
            Xception => xception::build(name, input, classes),
        }
    }

    /// The network for images of `input`, with a first convolution of 3x3 and without pooling after it. `None` if the
    /// family has no such variant.
    pub fn build_small(&self, name: &str, input: Shape, classes: usize) -> Option<Result<Graph>> {
        match self {
            ResNet(config) => Some(resnet::build(name, config, Stem::Cifar, input, classes)),
            _ => None,
        }
    }
}
