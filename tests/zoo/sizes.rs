//! The sizes of images that networks take, where a rule of their own decides.

use menagerie::error::ErrorKind;
use menagerie::tensor::Shape;
use menagerie::zoo::{self, Task};

#[test]
fn a_mask_has_the_size_of_its_image() {
    for model in zoo::models() {
        let name = model.name;
        if model.task != Task::Segment {
            continue;
        }
        for (height, width) in [(16, 16), (17, 31), (100, 59), (1, 1), (3, 200)] {
            let graph = model.graph_for(Shape::new(3, height, width)).unwrap();
            assert_eq!(
                graph.output_shape().unwrap(),
                Shape::new(model.classes, height, width),
                "{name}"
            );
        }
    }
}

#[test]
fn an_input_has_the_proportions_of_the_photo_where_it_is_segmented() {
    let size = |name: &str, photo| zoo::find(name).unwrap().size_for(photo);
    assert_eq!(size("resnet18", [480, 641]), None);
    assert_eq!(size("unet", [480, 641]), Some([480, 641]));
    let name = "deeplabv3_resnet50";
    assert_eq!(size(name, [480, 641]), Some([520, 694]));
    assert_eq!(size(name, [2000, 1000]), Some([1040, 520]));
    assert_eq!(size(name, [1, 1]), Some([520, 520]));
}

/// The smallest squares that the reference implementations' own modules take, found by trying.
#[test]
fn the_smallest_image_is_the_reference_implementations() {
    let smallest = |name: &str| match name {
        "alexnet" => 63,
        "alexnet_lrn" => 199,
        "densenet121" | "densenet161" | "densenet169" | "densenet201" => 29,
        "googlenet" => 15,
        "inception_resnet_v2" | "inception_v3" => 75,
        "keras_inception_v3" => 75,
        "keras_mobilenet_v2" | "keras_nasnet_large" | "keras_resnet50" => 32,
        "keras_xception" => 71,
        "lenet5" => 28,
        // The reference takes 3x3: its shifted path may see nothing but zeros, ours wants a pixel.
        "nasnet_mobile" | "nasnet_large" => 19,
        "squeezenet1_0" => 21,
        "squeezenet1_1" => 17,
        "xception" => 7,
        name if name.starts_with("convnext") || name.starts_with("vgg") => 32,
        _ => 1,
    };
    for model in zoo::models() {
        let side = smallest(model.name);
        let graph = |side| model.graph_for(Shape::new(model.input.channels, side, side));
        graph(side).unwrap();
        let error = graph(side - 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        let found = Shape::new(model.input.channels, side - 1, side - 1);
        let expected = format!(
            "{}: expected images of at least {side}x{side}, found {found}",
            model.name
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn sizes_that_networks_cannot_take_are_refused() {
    let refused = |name: &str, height: usize, width: usize| {
        let model = zoo::find(name).unwrap();
        let shape = Shape::new(model.input.channels, height, width);
        let error = model.graph_for(shape).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        error.to_string()
    };
    // Long enough on one side only.
    assert_eq!(
        refused("vgg16", 300, 31),
        "vgg16: expected images of at least 32x32, found 3x300x31"
    );
    assert_eq!(
        refused("alexnet_lrn", 224, 231),
        "alexnet_lrn: fc6 reads 256x6x6, which images of 199 to 230 pixels a side leave; 3x224x231 \
         leaves 256x6x7"
    );
    assert_eq!(
        refused("lenet5", 32, 32),
        "lenet5: fc1 reads 16x5x5, which images of 28 to 31 pixels a side leave; 1x32x32 leaves 16x6x6"
    );
}
