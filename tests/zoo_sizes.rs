//! The sizes of images that networks take, where a rule of their own decides.

use menagerie::error::ErrorKind;
use menagerie::graph::Shape;
use menagerie::zoo;

#[test]
fn a_mask_has_the_size_of_its_image() {
    for name in ["unet", "unet_bilinear"] {
        for (height, width) in [(16, 16), (17, 31), (100, 59)] {
            let graph = zoo::find(name)
                .unwrap()
                .graph_for(Shape::new(3, height, width))
                .unwrap();
            assert_eq!(graph.output_shape(), Shape::new(2, height, width), "{name}");
        }
    }
}

#[test]
fn sizes_that_networks_cannot_take_are_refused() {
    let refused = |name: &str, height: usize, width: usize| {
        let model = zoo::find(name).unwrap();
        let error = model.graph_for(Shape::new(3, height, width)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        error.to_string()
    };
    assert_eq!(
        refused("unet", 15, 16),
        "unet: down4.maxpool_conv.0 (max_pool) cannot take [512x1x2]: a window of 2x2 stride 2 does \
         not fit into 512x1x2"
    );
    assert_eq!(
        refused("alexnet_lrn", 224, 231),
        "alexnet_lrn: fc6 reads 256x6x6, which images of 199 to 230 pixels a side leave; 3x224x231 \
         leaves 256x6x7"
    );
    assert!(
        zoo::find("alexnet_lrn")
            .unwrap()
            .graph_for(Shape::new(3, 199, 230))
            .is_ok()
    );
    for (name, height, width) in [
        ("alexnet_lrn", 198, 227),
        ("nasnet_mobile", 2, 224),
        ("nasnet_large", 331, 8),
        ("unet_bilinear", 64, 0),
    ] {
        let error = refused(name, height, width);
        assert!(error.starts_with(name), "{error}");
    }
}
