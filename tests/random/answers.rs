//! Random networks on devices: what is planned answers as the reference executor does, on every adapter, with every limit
//! forced low, by trusted and by checked shaders.

use menagerie::device::{DeviceProfile, Hardware};
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Program};
use menagerie::reference::{Operand, Reference};
use menagerie::session::{Parameters, Session, SessionOptions, ShaderChecks};
use menagerie::tensor::Tensor;
use menagerie::weights::{Weights, synthetic_input};

use crate::chance::Chance;
use crate::common::adapters::others;
use crate::common::compare::difference_of_scale;
use crate::common::device::devices;
use crate::network::{SMALL, network};

/// Networks on the default adapter, seen as each kind of device.
const ON_DEFAULT: u64 = 60;
/// Networks on each other adapter.
const ON_OTHERS: u64 = 40;

/// Largest difference over largest magnitude: that of a network, times the operations that a random one may put behind
/// each other.
const TOLERANCE: f64 = 2e-5;

#[test]
fn the_default_adapter_agrees() {
    for (device, gpu) in devices() {
        agree(device, gpu, 0..ON_DEFAULT);
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn other_adapters_agree() {
    for gpu in others() {
        let name = gpu.description().to_string();
        agree(&name, &gpu, 1000..1000 + ON_OTHERS);
    }
}

/// The device with each of its limits as low as networks of this size leave room for.
#[test]
fn low_limits_agree() {
    let (_, gpu) = &devices()[0];
    let native = gpu.profile().clone();
    let low = [
        DeviceProfile {
            max_binding_bytes: 1 << 15,
            ..native.clone()
        },
        DeviceProfile {
            max_buffer_bytes: 1 << 15,
            ..native.clone()
        },
        DeviceProfile {
            max_texture_side: 4,
            ..native.clone()
        },
        DeviceProfile {
            max_workgroups: 7,
            ..native.clone()
        },
        DeviceProfile {
            max_invocations: 64,
            subgroup_size: None,
            ..native.clone()
        },
        // So slow that values are in buffers beside textures wherever this saves anything.
        DeviceProfile {
            hardware: Some(Hardware {
                flops_per_second: 1_000_000,
                ..native.hardware()
            }),
            ..native.clone()
        },
    ];
    for (index, profile) in low.into_iter().enumerate() {
        let name = format!("low limit {index}");
        agree(&name, &gpu.clone().with_profile(profile), 2000..2030);
    }
}

fn agree(device: &str, gpu: &Gpu, seeds: std::ops::Range<u64>) {
    let all = seeds.end - seeds.start;
    let compared = seeds.filter(|&seed| compare(device, gpu, seed)).count() as u64;
    // What no kernel computes is refused; that must not be the rule.
    assert!(
        2 * compared >= all,
        "{device}: {compared} of {all} compared"
    );
}

/// Compares the answers to one network; false where there is nothing to compare.
fn compare(device: &str, gpu: &Gpu, seed: u64) -> bool {
    let graph = network(Chance::new(seed), SMALL, &mut Vec::new()).unwrap();
    let mut chance = Chance::new(!seed);
    let batch = chance.one_of(&[1, 1, 3]);
    // Half of them by some passes, and half of those by all that there are.
    let graph = match chance.between(0, 3) {
        0 => optimize(&graph, &PassSet::all()).unwrap(),
        1 => optimize(&graph, &PassSet::all()).unwrap(),
        _ => graph,
    };
    let Ok(program) = Program::new(&graph, gpu.profile(), &Planning::of_batch(batch)) else {
        return false;
    };
    let weights = Weights::synthetic(seed);
    let inputs = inputs(&graph, batch, seed);
    let expected = expected(&graph, &weights, &inputs);
    // Where an answer is out of all bounds there is no measure for a difference.
    let bounded =
        |answer: &Operand<'_>| answer.data().iter().all(|x| x.is_finite() && x.abs() < 1e6);
    if !expected.iter().all(bounded) {
        return false;
    }
    let parameters = Parameters::new(gpu, &weights.bind(&graph).unwrap());
    let mut answers = Vec::new();
    for shader_checks in [ShaderChecks::Trusted, ShaderChecks::Checked] {
        let options = SessionOptions {
            shader_checks,
            ..SessionOptions::default()
        };
        let mut session = Session::of_program(&program, &parameters, &options)
            .unwrap_or_else(|error| panic!("{device}, seed {seed}: {error}\n{graph}"));
        let named: Vec<(&str, &Tensor)> = (graph.inputs().iter().zip(&inputs))
            .map(|(port, input)| (port.name.as_str(), input))
            .collect();
        answers.push(session.run_named(&named).unwrap().into_tensors());
    }
    for (output, (port, expected)) in graph.outputs().iter().zip(&expected).enumerate() {
        let found = answers[0][output].data();
        let same = found.iter().zip(answers[1][output].data());
        assert!(
            same.into_iter().all(|(a, b)| a.to_bits() == b.to_bits()),
            "{device}, seed {seed}: {}: trusted and checked shaders differ\n{graph}",
            port.name
        );
        let (difference, index) = difference_of_scale(found, expected.data(), 1e-3);
        // Written so that NaN fails.
        assert!(
            difference <= TOLERANCE,
            "{device}, seed {seed}: {}, value {index}: expected {}, found {}\n{graph}",
            port.name,
            expected.data()[index],
            found[index]
        );
    }
    true
}

fn inputs(graph: &Graph, batch: usize, seed: u64) -> Vec<Tensor> {
    let ports = (0..).zip(graph.inputs());
    ports
        .map(|(index, port)| synthetic_input(seed + index, batch, graph.shape(port.value).unwrap()))
        .collect()
}

fn expected(graph: &Graph, weights: &Weights, inputs: &[Tensor]) -> Vec<Operand<'static>> {
    let reference = Reference::new(graph.clone(), weights).unwrap();
    let inputs: Vec<Operand<'_>> = inputs
        .iter()
        .map(|input| Operand::of_tensor(input).unwrap())
        .collect();
    reference.run_all(&inputs).unwrap()
}
