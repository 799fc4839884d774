//! The zoo: every network has as many parameters as in its reference framework, and is found by name.

use menagerie::graph::Origin;
use menagerie::zoo;

/// Values that training changes by gradients and that it does not, as torchvision and timm count their
/// models' parameters and buffers, `num_batches_tracked` left out; Keras for `mobilenet_v1` and its own, the sizes of
/// the paper for `lenet5`.
const COUNTS: &[(&str, usize, usize)] = &[
    ("alexnet", 61_100_840, 0),
    ("alexnet_lrn", 60_965_224, 0),
    ("convnext_base", 88_591_464, 0),
    ("convnext_large", 197_767_336, 0),
    ("convnext_small", 50_223_688, 0),
    ("convnext_tiny", 28_589_128, 0),
    ("deeplabv3_mobilenet_v3_large", 11_025_477, 27_984),
    ("deeplabv3_resnet50", 39_638_869, 56_704),
    ("deeplabv3_resnet101", 58_630_997, 108_928),
    ("densenet121", 7_978_856, 83_648),
    ("densenet161", 28_681_000, 219_936),
    ("densenet169", 14_149_480, 158_400),
    ("densenet201", 20_013_928, 229_056),
    ("efficientnet_b0", 5_288_548, 42_016),
    ("efficientnet_b1", 7_794_184, 62_048),
    ("efficientnet_b2", 9_109_994, 67_568),
    ("efficientnet_b3", 12_233_232, 87_296),
    ("efficientnet_b4", 19_341_616, 125_200),
    ("efficientnet_b5", 30_389_784, 172_736),
    ("efficientnet_b6", 43_040_704, 224_432),
    ("efficientnet_b7", 66_347_960, 310_720),
    ("efficientnet_lite0", 4_652_008, 42_016),
    ("efficientnet_v2_l", 118_515_272, 512_576),
    ("efficientnet_v2_m", 54_139_356, 292_032),
    ("efficientnet_v2_s", 21_458_488, 153_872),
    ("fcn_resnet50", 32_957_013, 54_144),
    ("fcn_resnet101", 51_949_141, 106_368),
    ("googlenet", 6_624_904, 14_560),
    ("inception_resnet_v2", 55_843_464, 60_544),
    ("inception_v3", 23_834_568, 34_432),
    ("keras_inception_v3", 23_817_352, 34_432),
    ("keras_mobilenet_v2", 3_504_872, 34_112),
    ("keras_nasnet_large", 88_753_150, 196_668),
    ("keras_resnet50", 25_583_592, 53_120),
    ("keras_xception", 22_855_952, 54_528),
    ("lenet5", 61_706, 0),
    ("lraspp_mobilenet_v3_large", 3_221_538, 24_656),
    ("mnasnet0_5", 2_218_512, 20_624),
    ("mnasnet0_75", 3_170_208, 29_808),
    ("mnasnet1_0", 4_383_312, 37_920),
    ("mnasnet1_3", 6_282_256, 48_816),
    ("mobilenet_v1", 4_231_976, 21_888),
    ("mobilenet_v2", 3_504_872, 34_112),
    ("mobilenet_v3_large", 5_483_032, 24_400),
    ("mobilenet_v3_small", 2_542_856, 12_112),
    ("nasnet_large", 88_753_150, 196_668),
    ("nasnet_mobile", 5_289_978, 36_738),
    ("regnet_x_1_6gf", 9_190_136, 43_504),
    ("regnet_x_3_2gf", 15_296_552, 62_560),
    ("regnet_x_8gf", 39_572_648, 90_464),
    ("regnet_x_16gf", 54_278_536, 111_168),
    ("regnet_x_32gf", 107_811_560, 162_016),
    ("regnet_x_400mf", 5_495_976, 37_856),
    ("regnet_x_800mf", 7_259_656, 37_312),
    ("regnet_y_1_6gf", 11_202_430, 52_672),
    ("regnet_y_3_2gf", 19_436_338, 66_160),
    ("regnet_y_8gf", 39_381_472, 86_528),
    ("regnet_y_16gf", 83_590_140, 122_816),
    ("regnet_y_32gf", 145_046_770, 158_288),
    ("regnet_y_128gf", 644_812_894, 415_072),
    ("regnet_y_400mf", 4_344_144, 27_152),
    ("regnet_y_800mf", 6_432_512, 30_432),
    ("resnet18", 11_689_512, 9_600),
    ("resnet34", 21_797_672, 17_024),
    ("resnet50", 25_557_032, 53_120),
    ("resnet101", 44_549_160, 105_344),
    ("resnet152", 60_192_808, 151_424),
    ("resnext50_32x4d", 25_028_904, 68_224),
    ("resnext101_32x8d", 88_791_336, 202_880),
    ("resnext101_64x4d", 83_455_272, 202_880),
    ("shufflenet_v2_x0_5", 1_366_792, 7_952),
    ("shufflenet_v2_x1_0", 2_278_604, 16_180),
    ("shufflenet_v2_x1_5", 3_503_624, 23_440),
    ("shufflenet_v2_x2_0", 7_393_996, 33_716),
    ("squeezenet1_0", 1_248_424, 0),
    ("squeezenet1_1", 1_235_496, 0),
    ("unet", 31_037_698, 11_776),
    ("unet_bilinear", 17_263_042, 8_832),
    ("unet_small", 486_562, 1_472),
    ("vgg11", 132_863_336, 0),
    ("vgg11_bn", 132_868_840, 5_504),
    ("vgg13", 133_047_848, 0),
    ("vgg13_bn", 133_053_736, 5_888),
    ("vgg16", 138_357_544, 0),
    ("vgg16_bn", 138_365_992, 8_448),
    ("vgg19", 143_667_240, 0),
    ("vgg19_bn", 143_678_248, 11_008),
    ("wide_resnet50_2", 68_883_240, 68_224),
    ("wide_resnet101_2", 126_886_696, 137_856),
    ("xception", 22_855_952, 54_528),
];

#[test]
fn every_network_has_its_reference_s_parameters() {
    let found: Vec<(&str, usize, usize)> = zoo::models()
        .iter()
        .map(|model| {
            let graph = model.graph().unwrap();
            let count = |wanted: bool| {
                let all = graph.stored().map(|(_, tensor)| tensor);
                let of_kind = all.filter(|tensor| {
                    matches!(tensor.origin(), Origin::Stored { trainable } if *trainable == wanted)
                });
                of_kind.map(|tensor| tensor.ty().count()).sum()
            };
            (model.name, count(true), count(false))
        })
        .collect();
    assert_eq!(found, COUNTS);
}

/// Two layers of one tensor would be one that the reference has two of.
#[test]
fn no_two_layers_read_one_parameter() {
    for model in zoo::models() {
        let graph = model.graph().unwrap();
        let mut readers = vec![0; graph.values().len()];
        for node in graph.nodes() {
            for read in node.reads() {
                readers[read.index()] += 1;
            }
        }
        for (id, tensor) in graph.stored() {
            assert_eq!(readers[id.index()], 1, "{}: {}", model.name, tensor.name());
        }
    }
}

#[test]
fn every_network_is_found_by_its_name() {
    for model in zoo::models() {
        assert_eq!(zoo::find(model.name).unwrap().name, model.name);
        assert_eq!(
            model.graph().unwrap().output_shape().unwrap().channels,
            model.classes,
            "{}",
            model.name
        );
    }
}

/// A preprocessing that does not fill the input would be an error at the first photo.
#[test]
fn preprocessing_gives_the_usual_input() {
    for model in zoo::models() {
        let crop = [model.input.height, model.input.width];
        assert_eq!(model.reference_preprocess().crop, crop, "{}", model.name);
    }
}
