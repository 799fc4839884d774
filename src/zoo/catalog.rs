//! The networks of the zoo, a line each.

use super::labels::Names;
use super::{Model, Task};
use super::{
    alexnet, alexnet_lrn, densenet, efficientnet_lite, googlenet, inception_resnet_v2,
    inception_v3, keras, lenet5, mobilenet_v1, mobilenet_v2, nasnet, resnet, squeezenet, unet, vgg,
    xception,
};
use crate::error::Result;
use crate::graph::Graph;
use crate::preprocess::{Colour, Framing, Interpolation, Preprocess};
use crate::tensor::Shape;

/// A network's family, and what tells it from its siblings.
pub(super) enum Architecture {
    AlexNet,
    AlexNetLrn,
    DenseNet(densenet::Config),
    EfficientNetLite0,
    GoogLeNet,
    InceptionResNetV2,
    InceptionV3,
    Keras(keras::Network),
    LeNet5,
    MobileNetV1,
    MobileNetV2,
    NasNet(nasnet::Config),
    ResNet(resnet::Config),
    SqueezeNet,
    UNet(unet::Config),
    Vgg(vgg::Config),
    Xception,
}

use Architecture::{
    AlexNet, AlexNetLrn, DenseNet, EfficientNetLite0, GoogLeNet, InceptionResNetV2, InceptionV3,
    Keras, LeNet5, MobileNetV1, MobileNetV2, NasNet, ResNet, SqueezeNet, UNet, Vgg, Xception,
};

impl Architecture {
    pub(super) fn build(&self, name: &str, input: Shape, classes: usize) -> Result<Graph> {
        match self {
            AlexNet => alexnet::build(name, input, classes),
            AlexNetLrn => alexnet_lrn::build(name, input, classes),
            DenseNet(config) => densenet::build(name, config, input, classes),
            EfficientNetLite0 => efficientnet_lite::build(name, input, classes),
            GoogLeNet => googlenet::build(name, input, classes),
            InceptionResNetV2 => inception_resnet_v2::build(name, input, classes),
            InceptionV3 => inception_v3::build(name, input, classes),
            Keras(network) => network.build(name, input, classes),
            LeNet5 => lenet5::build(name, input, classes),
            MobileNetV1 => mobilenet_v1::build(name, input, classes),
            MobileNetV2 => mobilenet_v2::build(name, input, classes),
            NasNet(config) => nasnet::build(name, config, input, classes),
            ResNet(config) => resnet::build(name, config, input, classes),
            SqueezeNet => squeezenet::build(name, input, classes),
            UNet(config) => unet::build(name, config, input, classes),
            Vgg(config) => vgg::build(name, config, input, classes),
            Xception => xception::build(name, input, classes),
        }
    }
}

const CHOLLET: &str = "Chollet 2016, arXiv:1610.02357";
const HE: &str = "He 2015, arXiv:1512.03385";
const HOWARD: &str = "Howard 2017, arXiv:1704.04861";
const HUANG: &str = "Huang 2016, arXiv:1608.06993";
const IANDOLA: &str = "Iandola 2016, arXiv:1602.07360";
const KRIZHEVSKY: &str = "Krizhevsky 2014, arXiv:1404.5997";
const RONNEBERGER: &str = "Ronneberger 2015, arXiv:1505.04597";
const SANDLER: &str = "Sandler 2018, arXiv:1801.04381";
const SIMONYAN: &str = "Simonyan 2014, arXiv:1409.1556";
const SZEGEDY_2014: &str = "Szegedy 2014, arXiv:1409.4842";
const SZEGEDY_2015: &str = "Szegedy 2015, arXiv:1512.00567";
const SZEGEDY_2016: &str = "Szegedy 2016, arXiv:1602.07261";
const TAN: &str = "Tan 2019, arXiv:1905.11946";
const ZOPH: &str = "Zoph 2017, arXiv:1707.07012";

/// In the order of their names, where a number comes before a larger one.
pub(super) static MODELS: &[Model] = &[
    imagenet("alexnet", KRIZHEVSKY, AlexNet),
    Model {
        input: Shape::new(3, 227, 227),
        preprocess: Preprocess {
            crop: [227, 227],
            // Caffe subtracts the mean of its pixels, 0 to 255, and divides by nothing.
            mean: [122.68 / 255.0, 116.67 / 255.0, 104.01 / 255.0],
            std: [1.0 / 255.0; 3],
            ..Preprocess::IMAGENET
        },
        ..imagenet("alexnet_lrn", "Krizhevsky 2012", AlexNetLrn)
    },
    imagenet("densenet121", HUANG, DenseNet(densenet::DENSENET121))
        .on_hub("timm/densenet121.tv_in1k", BICUBIC),
    imagenet("densenet169", HUANG, DenseNet(densenet::DENSENET169))
        .on_hub("timm/densenet169.tv_in1k", BICUBIC),
    imagenet("densenet201", HUANG, DenseNet(densenet::DENSENET201))
        .on_hub("timm/densenet201.tv_in1k", BICUBIC),
    Model {
        preprocess: LITE_CROP,
        ..imagenet("efficientnet_lite0", TAN, EfficientNetLite0)
    }
    .on_hub("timm/tf_efficientnet_lite0.in1k", LITE_CROP),
    Model {
        preprocess: CENTRED,
        ..imagenet("googlenet", SZEGEDY_2014, GoogLeNet)
    },
    Model {
        input: LARGE_INPUT,
        preprocess: LARGE_CROP,
        ..imagenet("inception_resnet_v2", SZEGEDY_2016, InceptionResNetV2)
    }
    .on_hub("timm/inception_resnet_v2.tf_in1k", LARGE_CROP),
    Model {
        input: LARGE_INPUT,
        preprocess: Preprocess {
            framing: Framing::ShorterSide(342),
            crop: [299, 299],
            ..CENTRED
        },
        ..imagenet("inception_v3", SZEGEDY_2015, InceptionV3)
    }
    .on_hub(
        "timm/inception_v3.tv_in1k",
        Preprocess {
            // The crop is 0.875 of it.
            framing: Framing::ShorterSide(341),
            ..LARGE_CROP
        },
    ),
    Model {
        input: LARGE_INPUT,
        preprocess: KERAS_LARGE,
        ..imagenet(
            "keras_inception_v3",
            SZEGEDY_2015,
            Keras(keras::Network::InceptionV3),
        )
    },
    Model {
        preprocess: KERAS,
        ..imagenet(
            "keras_mobilenet_v2",
            SANDLER,
            Keras(keras::Network::MobileNetV2),
        )
    },
    Model {
        preprocess: KERAS_CAFFE,
        ..imagenet("keras_resnet50", HE, Keras(keras::Network::ResNet50))
    },
    Model {
        input: LARGE_INPUT,
        preprocess: KERAS_LARGE,
        ..imagenet("keras_xception", CHOLLET, Keras(keras::Network::Xception))
    },
    Model {
        name: "lenet5",
        paper: "LeCun 1998",
        input: Shape::new(1, 28, 28),
        classes: 10,
        task: Task::Classify,
        names: Names::Digits,
        preprocess: Preprocess {
            framing: Framing::ShorterSide(28),
            crop: [28, 28],
            colour: Colour::Gray,
            mean: [0.1307; 3],
            std: [0.3081; 3],
            ..Preprocess::IMAGENET
        },
        published: None,
        architecture: LeNet5,
    },
    // timm's `mobilenetv1_100` has the same names and shapes, but pads otherwise: another network.
    Model {
        preprocess: Preprocess {
            framing: Framing::Squash(0.875),
            ..CENTRED
        },
        ..imagenet("mobilenet_v1", HOWARD, MobileNetV1)
    },
    imagenet("mobilenet_v2", SANDLER, MobileNetV2)
        .on_hub("timm/mobilenetv2_100.ra_in1k", BICUBIC)
        .with_tensor("conv_stem.weight"),
    Model {
        input: Shape::new(3, 331, 331),
        preprocess: LARGEST_CROP,
        ..imagenet("nasnet_large", ZOPH, NasNet(nasnet::LARGE))
    }
    .on_hub("timm/nasnetalarge.tf_in1k", LARGEST_CROP),
    Model {
        preprocess: Preprocess {
            framing: Framing::Squash(0.875),
            ..CENTRED
        },
        ..imagenet("nasnet_mobile", ZOPH, NasNet(nasnet::MOBILE))
    },
    imagenet("resnet18", HE, ResNet(resnet::RESNET18))
        .on_hub("timm/resnet18.tv_in1k", Preprocess::IMAGENET),
    imagenet("resnet34", HE, ResNet(resnet::RESNET34))
        .on_hub("timm/resnet34.tv_in1k", Preprocess::IMAGENET),
    imagenet("resnet50", HE, ResNet(resnet::RESNET50))
        .on_hub("timm/resnet50.tv_in1k", Preprocess::IMAGENET),
    imagenet("resnet101", HE, ResNet(resnet::RESNET101))
        .on_hub("timm/resnet101.tv_in1k", Preprocess::IMAGENET),
    imagenet("resnet152", HE, ResNet(resnet::RESNET152))
        .on_hub("timm/resnet152.tv_in1k", Preprocess::IMAGENET),
    imagenet("squeezenet1_1", IANDOLA, SqueezeNet),
    mask("unet", RONNEBERGER, UNet(unet::UNET)),
    mask("unet_bilinear", RONNEBERGER, UNet(unet::UNET_BILINEAR)),
    mask("unet_small", RONNEBERGER, UNet(unet::UNET_SMALL)),
    imagenet("vgg11", SIMONYAN, Vgg(vgg::VGG11)).on_hub("timm/vgg11.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg11_bn", SIMONYAN, Vgg(vgg::VGG11_BN))
        .on_hub("timm/vgg11_bn.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg13", SIMONYAN, Vgg(vgg::VGG13)).on_hub("timm/vgg13.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg13_bn", SIMONYAN, Vgg(vgg::VGG13_BN))
        .on_hub("timm/vgg13_bn.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg16", SIMONYAN, Vgg(vgg::VGG16)).on_hub("timm/vgg16.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg16_bn", SIMONYAN, Vgg(vgg::VGG16_BN))
        .on_hub("timm/vgg16_bn.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg19", SIMONYAN, Vgg(vgg::VGG19)).on_hub("timm/vgg19.tv_in1k", Preprocess::IMAGENET),
    imagenet("vgg19_bn", SIMONYAN, Vgg(vgg::VGG19_BN))
        .on_hub("timm/vgg19_bn.tv_in1k", Preprocess::IMAGENET),
    // timm publishes `legacy_xception`, but not on the Hub.
    Model {
        input: LARGE_INPUT,
        preprocess: LARGE_CROP,
        ..imagenet("xception", CHOLLET, Xception)
    },
];

/// What the Inception family was made for.
const LARGE_INPUT: Shape = Shape::new(3, 299, 299);

/// Values from -1 to 1, as TensorFlow's networks take them. torchvision's GoogLeNet and Inception v3 came
/// from there: their published weights go with `transform_input`, which turns what it was given,
/// normalised as all ImageNet networks have it, into this.
const CENTRED: Preprocess = Preprocess {
    mean: [0.5; 3],
    std: [0.5; 3],
    ..Preprocess::IMAGENET
};

/// What Keras's documentation does with a photo: `load_img` squashes it to the size of the input by the nearest pixel, and
/// `preprocess_input` makes values from -1 to 1 of it.
const KERAS: Preprocess = Preprocess {
    framing: Framing::Squash(1.0),
    interpolation: Interpolation::Nearest,
    ..CENTRED
};

const KERAS_LARGE: Preprocess = Preprocess {
    crop: [299, 299],
    ..KERAS
};

/// The same for networks that were trained on pixels as Caffe has them: blue first, 0 to 255, less the mean.
const KERAS_CAFFE: Preprocess = Preprocess {
    colour: Colour::Bgr,
    mean: [103.939 / 255.0, 116.779 / 255.0, 123.68 / 255.0],
    std: [1.0 / 255.0; 3],
    ..KERAS
};

/// timm's evaluation of what torchvision evaluates with a triangle filter.
const BICUBIC: Preprocess = Preprocess {
    interpolation: Interpolation::Bicubic,
    ..Preprocess::IMAGENET
};

/// timm's evaluation of TensorFlow's networks at 224.
const LITE_CROP: Preprocess = Preprocess {
    interpolation: Interpolation::Bicubic,
    ..CENTRED
};

/// timm's evaluation at 299: the crop is 0.8975 of the shorter side.
const LARGE_CROP: Preprocess = Preprocess {
    framing: Framing::ShorterSide(333),
    interpolation: Interpolation::Bicubic,
    crop: [299, 299],
    ..CENTRED
};

/// timm's evaluation at 331: the crop is 0.911 of the shorter side.
const LARGEST_CROP: Preprocess = Preprocess {
    framing: Framing::ShorterSide(363),
    crop: [331, 331],
    ..LARGE_CROP
};

/// A classifier of ImageNet that sees 224x224 pixels as torchvision evaluates it.
const fn imagenet(name: &'static str, paper: &'static str, architecture: Architecture) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(3, 224, 224),
        classes: 1000,
        task: Task::Classify,
        names: Names::ImageNet,
        preprocess: Preprocess::IMAGENET,
        published: None,
        architecture,
    }
}

/// A network that tells, for each pixel, whether it shows what is looked for. Any size will do; this one is
/// quick to try.
const fn mask(name: &'static str, paper: &'static str, architecture: Architecture) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(3, 256, 256),
        classes: 2,
        task: Task::Segment,
        names: Names::Mask,
        preprocess: Preprocess {
            framing: Framing::Squash(1.0),
            interpolation: Interpolation::Bicubic,
            crop: [256, 256],
            colour: Colour::Rgb,
            mean: [0.0; 3],
            std: [1.0; 3],
        },
        published: None,
        architecture,
    }
}
