//! The summaries of Keras's networks against Keras's own (`tools/golden_summaries.py`).

use std::fs;

use menagerie::graph::Summary;
use menagerie::zoo;

#[test]
fn networks_of_keras_are_listed_as_keras_lists_them() {
    for name in [
        "keras_inception_v3",
        "keras_mobilenet_v2",
        "keras_nasnet_large",
        "keras_resnet50",
        "keras_xception",
    ] {
        let expected = fs::read_to_string(format!("tests/golden/summaries/{name}.txt")).unwrap();
        let summary = Summary::of(&zoo::find(name).unwrap().graph().unwrap());
        let layers = summary.layers.iter().map(|layer| {
            let (name, class) = (&layer.name, layer.kind);
            format!("{name}\t{class}\t{}\t{}\n", layer.output, layer.parameters)
        });
        let mut found: String = layers.collect();
        found += &format!(
            "total\t{}\nnon-trainable\t{}\n",
            summary.total(),
            summary.fixed
        );
        assert_eq!(summary.layers[0].extents.last(), Some(&3), "{name}");
        assert_eq!(found, expected, "{name}");
    }
}
