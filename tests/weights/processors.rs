//! Photos as the image processors of transformers and timm prepare them (`tools/processor_golden.py`).

use std::fs;

use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint};
use serde_json::Value;

use crate::common::photos::{photo, pixels_of};
use crate::common::safetensors_file::zeros;

/// Of a value. A level of 255 is at least a hundred times as much.
const TOLERANCE: f64 = 2e-5;

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn photos_are_prepared_as_a_configuration_says() {
    let text = fs::read_to_string("tests/golden/processors.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let (size, rgb) = pixels_of(golden["photo"].as_str().unwrap());
    let photo = photo(size, rgb);
    let model = zoo::find("squeezenet1_1").unwrap();
    let graph = model.graph().unwrap();
    let tensors = graph.stored().map(|(_, value)| {
        let shape: &[usize] = value.ty().dims();
        (value.name(), shape)
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    fs::write(&path, zeros(tensors)).unwrap();

    let cases = golden["cases"].as_array().unwrap();
    for case in cases {
        let config = case["config"].to_string();
        let beside = path.with_file_name(case["file"].as_str().unwrap());
        fs::write(&beside, &config).unwrap();
        let checkpoint = Checkpoint::new(model, Weights::open(&path).unwrap()).unwrap();
        fs::remove_file(&beside).unwrap();
        let input = checkpoint.preprocess().apply(&photo).unwrap();
        let crop = numbers(&case["crop"]);
        let shape = Shape::new(3, crop[0] as usize, crop[1] as usize);
        assert_eq!(input.shape(), shape, "{config}");
        assert_eq!(checkpoint.input(), shape, "{config}");
        let stride = case["stride"].as_u64().unwrap() as usize;
        let found = input.image(0).iter().step_by(stride);
        let expected = numbers(&case["values"]);
        assert_eq!(found.len(), expected.len(), "{config}");
        for (index, (found, expected)) in found.zip(expected).enumerate() {
            let far = (f64::from(*found) - expected).abs();
            assert!(
                far <= TOLERANCE * expected.abs().max(1.0),
                "{config}: value {index}: {found}, not {expected}"
            );
        }
    }
    assert_eq!(cases.len(), 33);
}
