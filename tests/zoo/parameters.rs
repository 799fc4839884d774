//! The zoo: every network has as many parameters as in its reference framework, and is found by name.

use menagerie::graph::Origin;
use menagerie::zoo;

/// Values that training changes by gradients and that it does not, as torchvision and timm count their
/// models' parameters and buffers, `num_batches_tracked` left out; Keras for `mobilenet_v1` and its own, the sizes of
/// the paper for `lenet5`.
const COUNTS: &[(&str, usize, usize)] = &[
    ("alexnet", 61_100_840, 0),
    ("alexnet_lrn", 60_965_224, 0),
    ("densenet121", 7_978_856, 83_648),
    ("densenet169", 14_149_480, 158_400),
    ("densenet201", 20_013_928, 229_056),
    ("efficientnet_lite0", 4_652_008, 42_016),
    ("googlenet", 6_624_904, 14_560),
    ("inception_resnet_v2", 55_843_464, 60_544),
    ("inception_v3", 23_834_568, 34_432),
    ("keras_inception_v3", 23_817_352, 34_432),
    ("keras_mobilenet_v2", 3_504_872, 34_112),
    ("keras_resnet50", 25_583_592, 53_120),
    ("keras_xception", 22_855_952, 54_528),
    ("lenet5", 61_706, 0),
    ("mobilenet_v1", 4_231_976, 21_888),
    ("mobilenet_v2", 3_504_872, 34_112),
    ("nasnet_large", 88_753_150, 196_668),
    ("nasnet_mobile", 5_289_978, 36_738),
    ("resnet18", 11_689_512, 9_600),
    ("resnet34", 21_797_672, 17_024),
    ("resnet50", 25_557_032, 53_120),
    ("resnet101", 44_549_160, 105_344),
    ("resnet152", 60_192_808, 151_424),
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
