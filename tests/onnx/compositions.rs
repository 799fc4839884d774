//! Small graphs that exporters make, with the answers of ONNX Runtime, from the file of `tools/onnx_compositions.py`: what
//! nothing but constants reaches, images along an axis of the graph, more axes than those of an image, recurrent layers, and
//! what ONNX Runtime's optimiser writes.

use std::fmt::Write;

use super::common::device;
use super::node_cases::of_file;
use super::nodes::{compare, device_outputs, outputs};

const FILE: &[u8] = include_bytes!("../golden/onnx/compositions.safetensors");

/// The largest difference, relative to the larger of 1 and the expected value, which ONNX Runtime computes in f32.
const TOLERANCE: f64 = 1e-5;

#[test]
fn compositions_have_the_answers_of_onnx_runtime() {
    let (gpu, mut wrong) = (device::open(), String::new());
    let cases = of_file(FILE);
    assert_eq!(cases.len(), 44);
    for (name, case) in &cases {
        let expected: Vec<_> = case.outputs.values().collect();
        let reference = outputs(name, case).map(|outputs| {
            let values = outputs.into_iter().map(|(_, values)| values);
            values.collect::<Vec<_>>()
        });
        for found in [reference, device_outputs(name, case, &gpu)] {
            let compared = found.and_then(|found| {
                let mut both = expected.iter().zip(&found);
                both.try_for_each(|(expected, found)| compare(expected, found, TOLERANCE))
            });
            if let Err(message) = compared {
                writeln!(wrong, "{name}: {message}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "wrong:\n{wrong}");
}
