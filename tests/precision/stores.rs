//! What a shader stores in f16, value by value, and every kernel with tensors in f16.

use half::f16;
use menagerie::Tensor;
use menagerie::device::{DeviceKind, Storage};
use menagerie::gpu::Gpu;
use menagerie::graph::network;
use menagerie::program::{Planning, Precision, Program};
use menagerie::reference::{Operand, Reference};
use menagerie::session::{Parameters, Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};

use crate::common::adapters::others;
use crate::common::cases;
use crate::common::compare::largest_difference;
use crate::common::device::{devices, profiles};

/// Values around all ends and ties of f16, and some of each exponent.
fn values() -> Vec<f32> {
    let mut values = vec![
        0.0,
        65504.0,
        65519.99,
        65520.0,
        65536.0,
        1e30,
        f32::MAX,
        f32::INFINITY,
    ];
    for exponent in -16..16 {
        for step in 0..24_u32 {
            // Between two neighbours of f16: a quarter, half and three quarters of the way, and just beside.
            let fraction = (step / 6 * 0x0555_2000) & 0x007f_e000;
            let between = [0, 0x0800, 0x0fff, 0x1000, 0x1001, 0x1fff][step as usize % 6];
            let scale = ((127 + exponent) as u32) << 23;
            values.push(f32::from_bits(scale | fraction | between));
        }
    }
    let negative: Vec<f32> = values.iter().map(|value| -value).collect();
    values.extend(negative);
    values
}

/// What is to be stored: the nearest, ties to even, and the largest for what is beyond.
fn stored(value: f32) -> f32 {
    let nearest = f16::from_f32(value).to_f32();
    match value.is_finite() && nearest.is_infinite() {
        true => f16::MAX.to_f32().copysign(value),
        false => nearest,
    }
}

fn assert_stores(device: &str, gpu: &Gpu) {
    let values = values();
    let shape = Shape::new(1, 1, values.len());
    let graph = network("sum", |net| {
        let (left, right) = (net.image("left", shape)?, net.image("right", shape)?);
        let sum = net.add("sum", left, right)?;
        net.output("sum", sum)
    });
    let graph = graph.unwrap();
    let planning = Planning::of_batch(1).precision(Precision::F16Storage);
    let program = Program::new(&graph, gpu.profile(), &planning).unwrap();
    let parameters = Parameters::new(gpu, &Weights::synthetic(0).bind(&graph).unwrap());
    let options = SessionOptions {
        clamp: true,
        ..SessionOptions::default()
    };
    let mut session = Session::of_program(&program, &parameters, &options).unwrap();
    let input = Tensor::new(1, shape, values.clone()).unwrap();
    let zero = Tensor::zeros(1, shape);
    let outputs = session
        .run_named(&[("left", &input), ("right", &zero)])
        .unwrap();
    let found = outputs.into_tensors().remove(0);
    for (value, found) in values.iter().zip(found.data()) {
        let expected = stored(*value);
        // Below the normal range, a device may round another way.
        let is_near = value.abs() < 6.2e-5 && (found - expected).abs() <= 6e-8;
        // Of infinity, devices may make NaN.
        let is_beyond = value.is_infinite() && !found.is_finite();
        assert!(
            *found == expected || is_near || is_beyond,
            "{device}: {value:e} as {found:e}, not {expected:e}"
        );
    }
}

#[test]
fn values_are_rounded_to_nearest_and_clamped() {
    for (device, gpu) in devices() {
        assert_stores(device, gpu);
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn values_on_other_adapters() {
    for gpu in others() {
        for (kind, profile) in profiles(gpu.profile()) {
            let device = format!("{}, {kind}", gpu.description());
            assert_stores(&device, &gpu.clone().with_profile(profile));
        }
    }
}

/// The case table with inputs, parameters and results in f16, in textures as they are chosen for software and in buffers as
/// for a GPU.
#[test]
fn every_kernel_agrees() {
    for case in cases::all() {
        // It adds 3000 in front of its normalisation, where neighbours of f16 are 2 apart.
        if case.name.ends_with("norm of a large mean") {
            continue;
        }
        let inputs = (7..).zip(case.graph.inputs()).map(|(seed, port)| {
            let shape = case.graph.ty(port.value).tensor_shape().unwrap();
            (port.name.clone(), synthetic_input(seed, case.batch, shape))
        });
        let inputs: Vec<(String, Tensor)> = inputs.collect();
        let weights = Weights::synthetic(7);
        let reference = Reference::new(case.graph.clone(), &weights).unwrap();
        let operands = case
            .graph
            .inputs()
            .iter()
            .zip(&inputs)
            .map(|(port, (_, tensor))| {
                Operand::new(*case.graph.ty(port.value), tensor.batch(), tensor.data())
            });
        let operands: Vec<Operand<'_>> = operands.collect::<Result<_, _>>().unwrap();
        let expected = reference.run_all(&operands).unwrap();
        let named: Vec<(&str, &Tensor)> = inputs
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
            .collect();
        for (device, gpu) in devices() {
            let is_native = *device == "native";
            let profile = gpu.profile();
            if !is_native && (profile.kind, profile.storage) != (DeviceKind::Gpu, Storage::Buffer) {
                continue;
            }
            let planning = Planning::of_batch(case.batch).precision(Precision::F16Storage);
            let program = match Program::new(&case.graph, profile, &planning) {
                Ok(program) => program,
                Err(error) => panic!("{}: {device}: {error}", case.name),
            };
            let parameters = Parameters::new(gpu, &weights.bind(&case.graph).unwrap());
            let options = SessionOptions::default();
            let mut session = Session::of_program(&program, &parameters, &options).unwrap();
            let found = session.run_named(&named).unwrap().into_tensors();
            for (expected, found) in expected.iter().zip(&found) {
                let expected = expected.clone().into_tensor().unwrap();
                let (difference, index) = largest_difference(found.data(), expected.data());
                assert!(
                    difference <= 5e-3,
                    "{}: {device}: value {index}: {difference:.1e} of the largest: expected {}, found {}",
                    case.name,
                    expected.data()[index],
                    found.data()[index]
                );
            }
        }
    }
}
