//! The networks of the zoo, a line each.

use super::Model;
use super::architecture::Architecture::{
    AlexNet, AlexNetLrn, ConvNext, DeepLabV3, DenseNet, EfficientNet, EfficientNetLite0, Fcn,
    GoogLeNet, InceptionResNetV2, InceptionV3, Keras, LeNet5, Lraspp, MnasNet, MobileNetV1,
    MobileNetV2, MobileNetV3, NasNet, RegNet, ResNet, ShuffleNetV2, SqueezeNet, UNet, Vgg,
    Xception,
};
use super::deeplab_v3::Backbone;
use super::evaluation::{
    BICUBIC, CENTRED, KERAS, KERAS_CAFFE, KERAS_LARGE, LARGE_CROP, LARGE_INPUT, LARGEST_CROP,
    LITE_CROP,
};
use super::kinds::{digits, imagenet, mask, voc};
use super::papers::{
    CHEN, CHOLLET, HE, HOWARD_2017, HOWARD_2019, HUANG, IANDOLA, KRIZHEVSKY, LIU, LONG, MA,
    RADOSAVOVIC, RONNEBERGER, SANDLER, SIMONYAN, SZEGEDY_2014, SZEGEDY_2015, SZEGEDY_2016,
    TAN_2018, TAN_2019, TAN_2021, XIE, ZAGORUYKO, ZOPH,
};
use super::{
    convnext, densenet, efficientnet, keras, mobilenet_v3, nasnet, regnet, resnet, shufflenet_v2,
    squeezenet, unet, vgg,
};
use crate::preprocess::Interpolation::{Bicubic, Bilinear};
use crate::preprocess::{Framing, Preprocess};
use crate::tensor::Shape;

/// In the order of their names, where a number comes before a larger one. What torchvision has published several
/// weights of is evaluated as the first ones are, `IMAGENET1K_V1`.
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
    imagenet("convnext_base", LIU, ConvNext(convnext::BASE)).evaluated(Bilinear, 232, 224),
    imagenet("convnext_large", LIU, ConvNext(convnext::LARGE)).evaluated(Bilinear, 232, 224),
    imagenet("convnext_small", LIU, ConvNext(convnext::SMALL)).evaluated(Bilinear, 230, 224),
    imagenet("convnext_tiny", LIU, ConvNext(convnext::TINY)).evaluated(Bilinear, 236, 224),
    voc(
        "deeplabv3_mobilenet_v3_large",
        CHEN,
        DeepLabV3(Backbone::MobileNetV3(mobilenet_v3::LARGE)),
    ),
    voc(
        "deeplabv3_resnet50",
        CHEN,
        DeepLabV3(Backbone::ResNet(resnet::RESNET50)),
    ),
    voc(
        "deeplabv3_resnet101",
        CHEN,
        DeepLabV3(Backbone::ResNet(resnet::RESNET101)),
    ),
    imagenet("densenet121", HUANG, DenseNet(densenet::DENSENET121))
        .on_hub("timm/densenet121.tv_in1k", BICUBIC),
    imagenet("densenet161", HUANG, DenseNet(densenet::DENSENET161)),
    imagenet("densenet169", HUANG, DenseNet(densenet::DENSENET169))
        .on_hub("timm/densenet169.tv_in1k", BICUBIC),
    imagenet("densenet201", HUANG, DenseNet(densenet::DENSENET201))
        .on_hub("timm/densenet201.tv_in1k", BICUBIC),
    imagenet("efficientnet_b0", TAN_2019, EfficientNet(efficientnet::B0))
        .evaluated(Bicubic, 256, 224),
    imagenet("efficientnet_b1", TAN_2019, EfficientNet(efficientnet::B1))
        .evaluated(Bicubic, 256, 240),
    imagenet("efficientnet_b2", TAN_2019, EfficientNet(efficientnet::B2))
        .evaluated(Bicubic, 288, 288),
    imagenet("efficientnet_b3", TAN_2019, EfficientNet(efficientnet::B3))
        .evaluated(Bicubic, 320, 300),
    imagenet("efficientnet_b4", TAN_2019, EfficientNet(efficientnet::B4))
        .evaluated(Bicubic, 384, 380),
    imagenet("efficientnet_b5", TAN_2019, EfficientNet(efficientnet::B5))
        .evaluated(Bicubic, 456, 456),
    imagenet("efficientnet_b6", TAN_2019, EfficientNet(efficientnet::B6))
        .evaluated(Bicubic, 528, 528),
    imagenet("efficientnet_b7", TAN_2019, EfficientNet(efficientnet::B7))
        .evaluated(Bicubic, 600, 600),
    Model {
        preprocess: LITE_CROP,
        ..imagenet("efficientnet_lite0", TAN_2019, EfficientNetLite0)
    }
    .on_hub("timm/tf_efficientnet_lite0.in1k", LITE_CROP),
    Model {
        preprocess: CENTRED,
        ..imagenet(
            "efficientnet_v2_l",
            TAN_2021,
            EfficientNet(efficientnet::V2_L),
        )
    }
    .evaluated(Bicubic, 480, 480),
    imagenet(
        "efficientnet_v2_m",
        TAN_2021,
        EfficientNet(efficientnet::V2_M),
    )
    .evaluated(Bilinear, 480, 480),
    imagenet(
        "efficientnet_v2_s",
        TAN_2021,
        EfficientNet(efficientnet::V2_S),
    )
    .evaluated(Bilinear, 384, 384),
    voc("fcn_resnet50", LONG, Fcn(resnet::RESNET50)),
    voc("fcn_resnet101", LONG, Fcn(resnet::RESNET101)),
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
        input: Shape::new(3, 331, 331),
        preprocess: Preprocess {
            crop: [331, 331],
            ..KERAS
        },
        ..imagenet(
            "keras_nasnet_large",
            ZOPH,
            Keras(keras::Network::NasNetLarge),
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
    digits("lenet5", "LeCun 1998", LeNet5),
    voc("lraspp_mobilenet_v3_large", HOWARD_2019, Lraspp),
    imagenet("mnasnet0_5", TAN_2018, MnasNet(0.5)),
    imagenet("mnasnet0_75", TAN_2018, MnasNet(0.75)).evaluated(Bilinear, 232, 224),
    imagenet("mnasnet1_0", TAN_2018, MnasNet(1.0)),
    imagenet("mnasnet1_3", TAN_2018, MnasNet(1.3)).evaluated(Bilinear, 232, 224),
    // timm's `mobilenetv1_100` has the same names and shapes, but pads otherwise: another network.
    Model {
        preprocess: Preprocess {
            framing: Framing::Squash(0.875),
            ..CENTRED
        },
        ..imagenet("mobilenet_v1", HOWARD_2017, MobileNetV1)
    },
    imagenet("mobilenet_v2", SANDLER, MobileNetV2)
        .on_hub("timm/mobilenetv2_100.ra_in1k", BICUBIC)
        .with_tensor("conv_stem.weight"),
    imagenet(
        "mobilenet_v3_large",
        HOWARD_2019,
        MobileNetV3(mobilenet_v3::LARGE),
    ),
    imagenet(
        "mobilenet_v3_small",
        HOWARD_2019,
        MobileNetV3(mobilenet_v3::SMALL),
    ),
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
    regnet("regnet_x_1_6gf", regnet::x(18, 80.0, 34.01, 2.25, 24)),
    regnet("regnet_x_3_2gf", regnet::x(25, 88.0, 26.31, 2.25, 48)),
    regnet("regnet_x_8gf", regnet::x(23, 80.0, 49.56, 2.88, 120)),
    regnet("regnet_x_16gf", regnet::x(22, 216.0, 55.59, 2.1, 128)),
    regnet("regnet_x_32gf", regnet::x(23, 320.0, 69.86, 2.0, 168)),
    regnet("regnet_x_400mf", regnet::x(22, 24.0, 24.48, 2.54, 16)),
    regnet("regnet_x_800mf", regnet::x(16, 56.0, 35.73, 2.28, 16)),
    regnet("regnet_y_1_6gf", regnet::y(27, 48.0, 20.71, 2.65, 24)),
    regnet("regnet_y_3_2gf", regnet::y(21, 80.0, 42.63, 2.66, 24)),
    regnet("regnet_y_8gf", regnet::y(17, 192.0, 76.82, 2.19, 56)),
    regnet("regnet_y_16gf", regnet::y(18, 200.0, 106.23, 2.48, 112)),
    regnet("regnet_y_32gf", regnet::y(20, 232.0, 115.89, 2.53, 232)),
    regnet("regnet_y_128gf", regnet::y(27, 456.0, 160.83, 2.52, 264)).evaluated(Bicubic, 384, 384),
    regnet("regnet_y_400mf", regnet::y(16, 48.0, 27.89, 2.09, 8)),
    regnet("regnet_y_800mf", regnet::y(14, 56.0, 38.84, 2.4, 16)),
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
    imagenet("resnext50_32x4d", XIE, ResNet(resnet::RESNEXT50_32X4D)),
    imagenet("resnext101_32x8d", XIE, ResNet(resnet::RESNEXT101_32X8D)),
    imagenet("resnext101_64x4d", XIE, ResNet(resnet::RESNEXT101_64X4D))
        .evaluated(Bilinear, 232, 224),
    imagenet("shufflenet_v2_x0_5", MA, ShuffleNetV2(shufflenet_v2::X0_5)),
    imagenet("shufflenet_v2_x1_0", MA, ShuffleNetV2(shufflenet_v2::X1_0)),
    imagenet("shufflenet_v2_x1_5", MA, ShuffleNetV2(shufflenet_v2::X1_5))
        .evaluated(Bilinear, 232, 224),
    imagenet("shufflenet_v2_x2_0", MA, ShuffleNetV2(shufflenet_v2::X2_0))
        .evaluated(Bilinear, 232, 224),
    imagenet("squeezenet1_0", IANDOLA, SqueezeNet(squeezenet::V1_0)),
    imagenet("squeezenet1_1", IANDOLA, SqueezeNet(squeezenet::V1_1)),
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
    imagenet(
        "wide_resnet50_2",
        ZAGORUYKO,
        ResNet(resnet::WIDE_RESNET50_2),
    ),
    imagenet(
        "wide_resnet101_2",
        ZAGORUYKO,
        ResNet(resnet::WIDE_RESNET101_2),
    ),
    // timm publishes `legacy_xception`, but not on the Hub.
    Model {
        input: LARGE_INPUT,
        preprocess: LARGE_CROP,
        ..imagenet("xception", CHOLLET, Xception)
    },
];

const fn regnet(name: &'static str, config: regnet::Config) -> Model {
    imagenet(name, RADOSAVOVIC, RegNet(config))
}
