//! Whole networks cost what others published.

use std::fs;

use menagerie::zoo::{self, Task};
use serde_json::Value;

/// Billions of multiply-adds as torchvision publishes them (`_ops` of its weights' metadata): those of convolutions and
/// linear layers alone.
#[test]
fn networks_cost_what_torchvision_publishes() {
    let text = fs::read_to_string("tests/golden/torchvision.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let models = golden["models"].as_object().unwrap();
    let mut compared = 0;
    for (name, published) in models {
        let model = zoo::find(name).unwrap();
        // torchvision counts the heads of segmentation networks that only training uses.
        if model.task == Task::Segment {
            continue;
        }
        let expected = published["gmacs"].as_f64().unwrap();
        let found = model.graph().unwrap().multiply_adds() as f64 / 1e9;
        assert!(
            (found - expected).abs() <= 0.0005,
            "{name}: {found}, {expected}"
        );
        compared += 1;
    }
    assert_eq!(compared, 68);
}

/// A transposed convolution multiplies each value of its input.
#[test]
fn multiply_adds_of_a_u_net_are_worked_out_by_hand() {
    let found = zoo::find("unet_small")
        .unwrap()
        .graph()
        .unwrap()
        .multiply_adds();
    // Two 3x3 convolutions at each level of the way down and up, at 256x256 to 16x16 pixels.
    let level = |side: u64, from: u64, to: u64| 9 * side * side * (from * to + to * to);
    let down = [
        (256, 3, 8),
        (128, 8, 16),
        (64, 16, 32),
        (32, 32, 64),
        (16, 64, 128),
    ];
    let up = [(32, 128, 64), (64, 64, 32), (128, 32, 16), (256, 16, 8)];
    let convolutions: u64 = down
        .iter()
        .chain(&up)
        .map(|&(side, from, to)| level(side, from, to))
        .sum();
    // 2x2 transposed convolutions halve the channels and double the sides.
    let transposed: u64 = up
        .iter()
        .map(|&(side, from, to)| side * side * from * to)
        .sum();
    let scores = 256 * 256 * 8 * 2;
    assert_eq!(found, convolutions + transposed + scores);
}
