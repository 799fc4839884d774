//! The cases of ONNX on the reference executor. Cases that are not supported are listed with the reason, so that a change
//! is seen.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::onnx::{Model, Options};
use menagerie::reference::{Operand, Reference};
use menagerie::{Network, Tensor};

use super::common::device;
use super::node_cases::{self, Case};

/// The largest difference, relative to the larger of 1 and the expected value. The expected values are rounded to f32, and
/// those of some operations were computed in f32.
const TOLERANCE: f64 = 2e-5;

/// The same on devices, whose functions are less exact.
const ON_DEVICES: f64 = 1e-4;

/// The cases that are refused, with the message.
const REFUSED: &str = "tests/golden/onnx/refused.txt";

/// Cases whose expected values are not those of the definition, with the largest difference.
const INEXACT: [(&str, f64); 3] = [
    // The values are given with four digits.
    ("averagepool_2d_ceil_last_window_starts_on_pad", 1e-4),
    // ONNX aligns the corners of a result whose size is not rounded; onnxruntime, as here, of one that is.
    (
        "resize_downsample_scales_cubic_align_corners",
        f64::INFINITY,
    ),
    (
        "resize_downsample_scales_linear_align_corners",
        f64::INFINITY,
    ),
];

#[test]
fn every_case_is_computed_or_refused_for_a_known_reason() {
    let (mut refused, mut wrong) = (String::new(), String::new());
    let cases = node_cases::all();
    for (name, case) in &cases {
        match outputs(name, case) {
            Err(message) => writeln!(refused, "{name}: {message}").unwrap(),
            Ok(outputs) => {
                for (output, found) in outputs {
                    let inexact = INEXACT.iter().find(|(case, _)| case == name);
                    let tolerance = inexact.map_or(TOLERANCE, |(_, tolerance)| *tolerance);
                    if let Err(message) = compare(&case.outputs[&output], &found, tolerance) {
                        writeln!(wrong, "{name}: {output}: {message}").unwrap();
                    }
                }
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(REFUSED);
    if std::env::var_os("MENAGERIE_UPDATE").is_some() {
        fs::write(&path, &refused).unwrap();
    }
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let count = refused.lines().count();
    assert!(
        wrong.is_empty(),
        "of {} cases, {count} refused, wrong:\n{wrong}",
        cases.len()
    );
    assert_eq!(refused, listed, "MENAGERIE_UPDATE=1 rewrites {REFUSED}");
}

/// Devices compute every case that the reference executor computes.
#[test]
fn every_case_is_computed_on_a_device() {
    let (gpu, mut wrong) = (device::open(), String::new());
    for (name, case) in &node_cases::all() {
        let Ok(expected) = outputs(name, case) else {
            continue;
        };
        match device_outputs(name, case, &gpu) {
            Err(message) => writeln!(wrong, "{name}: {message}").unwrap(),
            Ok(found) => {
                for ((output, expected), found) in expected.into_iter().zip(found) {
                    let dims = vec![expected.len()];
                    if let Err(message) = compare(&(dims, expected), &found, ON_DEVICES) {
                        writeln!(wrong, "{name}: {output}: {message}").unwrap();
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "wrong:\n{wrong}");
}

pub fn device_outputs(name: &str, case: &Case, gpu: &Gpu) -> Result<Vec<Vec<f32>>, String> {
    let failed = |error: menagerie::Error| error.to_string();
    let model = Model::from_bytes(name, case.model.clone()).map_err(failed)?;
    let graph = model.graph(&Options::default()).map_err(failed)?;
    let weights = model.weights(&graph).map_err(failed)?;
    let port = graph.inputs()[0].clone();
    let ty = *graph.ty(port.value);
    let images = case.input.len() / ty.count();
    let shape = ty.tensor_shape().ok_or("an input is no tensor")?;
    let input = Tensor::new(images, shape, case.input.clone()).map_err(failed)?;
    let network = Network::of_graph(graph, weights).device(gpu).batch(images);
    let mut network = network.load().map_err(failed)?;
    let outputs = network.run_named(&[(&port.name, &input)]).map_err(failed)?;
    let tensors = outputs.into_tensors().into_iter();
    Ok(tensors.map(|tensor| tensor.data().to_vec()).collect())
}

pub type Found = Vec<(String, Vec<f32>)>;

/// Returns the outputs of `case`, or the reason why it is refused.
pub fn outputs(name: &str, case: &Case) -> Result<Found, String> {
    let failed = |error: menagerie::Error| error.to_string();
    let model = Model::from_bytes(name, case.model.clone()).map_err(failed)?;
    let graph = model.graph(&Options::default()).map_err(failed)?;
    let weights = model.weights(&graph).map_err(failed)?;
    let names: Vec<String> = graph
        .outputs()
        .iter()
        .map(|port| port.name.clone())
        .collect();
    let input = input(&graph, &case.input)?;
    let reference = Reference::new(graph, &weights).map_err(failed)?;
    let outputs = reference.run_all(&[input]).map_err(failed)?.into_iter();
    let values = outputs.map(|output| output.data().to_vec());
    Ok(names.into_iter().zip(values).collect())
}

fn input(graph: &Graph, values: &[f32]) -> Result<Operand<'static>, String> {
    let ty = *graph.ty(graph.inputs()[0].value);
    let images = values.len() / ty.count();
    Operand::new(ty, images, values.to_vec()).map_err(|error| error.to_string())
}

pub fn compare(
    (dims, expected): &(Vec<usize>, Vec<f32>),
    found: &[f32],
    tolerance: f64,
) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!("expected {dims:?}, found {} values", found.len()));
    }
    for (index, (&expected, &found)) in expected.iter().zip(found).enumerate() {
        let difference = f64::from(expected - found).abs();
        let same = expected == found || expected.is_nan() && found.is_nan();
        let is_near = difference <= tolerance * f64::from(expected.abs().max(1.0));
        if !same && !is_near {
            return Err(format!("expected {expected} at {index}, found {found}"));
        }
    }
    Ok(())
}
