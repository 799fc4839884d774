//! What is done with a case: run by the reference executor, and by kernels on every kind of device.

use menagerie::Tensor;
use menagerie::program::{Precision, Program};
use menagerie::reference::{Operand, Reference};
use menagerie::session::{Parameters, Session, SessionOptions, ShaderChecks};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::canaries;
use crate::common::cases::Case;
use crate::common::compare::largest_difference;
use crate::common::device::devices;
use crate::common::variants::plannings_on;

/// Largest difference over largest magnitude.
const TOLERANCE: f64 = 3e-6;
/// The same for a program that computes convolutions by Winograd's algorithm, whose transforms multiply values by up to 8.
const TOLERANCE_OF_WINOGRAD: f64 = 3e-5;
/// The same where inputs, parameters and results are rounded to f16.
const TOLERANCE_OF_F16: f64 = 5e-3;
/// Random cases of each operation.
const CASES: u32 = 24;
const SEED: u64 = 7;

/// Checks random cases of `strategy`: the same ones at each run.
pub fn check_all(strategy: impl Strategy<Value = Case>) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&strategy, |case| check(&case)).unwrap();
}

pub fn weights() -> Weights {
    Weights::synthetic(SEED)
}

/// What goes into each input, by its name.
pub fn inputs(case: &Case) -> Vec<(String, Tensor)> {
    let inputs = (SEED..).zip(case.graph.inputs());
    inputs
        .map(|(seed, port)| {
            let shape = case.graph.ty(port.value).tensor_shape().unwrap();
            (port.name.clone(), synthetic_input(seed, case.batch, shape))
        })
        .collect()
}

/// `inputs` as a session wants them.
pub fn named(inputs: &[(String, Tensor)]) -> Vec<(&str, &Tensor)> {
    let inputs = inputs.iter();
    inputs
        .map(|(name, tensor)| (name.as_str(), tensor))
        .collect()
}

/// What the reference makes of `inputs`, in all outputs.
pub fn answer(case: &Case, inputs: &[(String, Tensor)]) -> Vec<Tensor> {
    let reference = Reference::new(case.graph.clone(), &weights()).unwrap();
    let ports = case.graph.inputs().iter().zip(inputs);
    let operands = ports.map(|(port, (_, tensor))| {
        let ty = *case.graph.ty(port.value);
        Operand::new(ty, tensor.batch(), tensor.data())
    });
    let operands: Vec<Operand<'_>> = operands.collect::<Result<_, _>>().unwrap();
    let outputs = reference.run_all(&operands).unwrap().into_iter();
    outputs
        .map(|output| output.into_tensor().unwrap())
        .collect()
}

/// Runs `case` on every kind of device, by each kernel that can compute it, with trusted and with checked shaders.
pub fn check(case: &Case) -> Result<(), TestCaseError> {
    check_within(case, TOLERANCE)
}

/// As [`check`], with this largest difference over the largest magnitude.
pub fn check_within(case: &Case, tolerance: f64) -> Result<(), TestCaseError> {
    let inputs = inputs(case);
    let poison: Vec<(String, Tensor)> = inputs
        .iter()
        .map(|(name, tensor)| (name.clone(), poison(tensor)))
        .collect();
    let expected = answer(case, &inputs);
    for (device, gpu) in devices() {
        let parameters = Parameters::new(gpu, &weights().bind(&case.graph).unwrap());
        for planning in plannings_on(device, gpu, &case.graph, case.batch) {
            let program = Program::new(&case.graph, gpu.profile(), &planning).unwrap();
            let run = |shader_checks| {
                let options = SessionOptions {
                    shader_checks,
                    ..SessionOptions::default()
                };
                let mut session = Session::of_program(&program, &parameters, &options).unwrap();
                // What a first run leaves behind, the second must not read.
                session.run_named(&named(&poison)).unwrap();
                session.run_named(&named(&inputs)).unwrap().into_tensors()
            };
            let found = run(ShaderChecks::Trusted);
            agree_within(
                device,
                &expected,
                &found,
                tolerance.max(tolerance_of(&program)),
            )?;
            prop_assert_eq!(
                bits(&found),
                bits(&run(ShaderChecks::Checked)),
                "{}: checked and trusted differ",
                device
            );
            canaries::check(case, device, &parameters, planning)?;
        }
    }
    Ok(())
}

/// Fails where an output of `program` is further from what is expected than rounding explains, saying where.
pub fn agree_by(
    program: &Program,
    device: &str,
    expected: &[Tensor],
    found: &[Tensor],
) -> Result<(), TestCaseError> {
    agree_within(device, expected, found, tolerance_of(program))
}

fn tolerance_of(program: &Program) -> f64 {
    let mut kernels = program.kernels().into_iter();
    let has_winograd = kernels.any(|kernel| kernel.name == "winograd_result");
    match (program.precision(), has_winograd) {
        (Precision::F32, false) => TOLERANCE,
        (Precision::F32, true) => TOLERANCE_OF_WINOGRAD,
        _ => TOLERANCE_OF_F16,
    }
}

fn agree_within(
    device: &str,
    expected: &[Tensor],
    found: &[Tensor],
    tolerance: f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.len(), found.len(), "{}", device);
    for (output, (expected, found)) in expected.iter().zip(found).enumerate() {
        prop_assert_eq!(expected.shape(), found.shape(), "{}: {}", device, output);
        prop_assert_eq!(expected.batch(), found.batch(), "{}: {}", device, output);
        let (difference, index) = largest_difference(found.data(), expected.data());
        // Written so that NaN fails.
        prop_assert!(
            difference <= tolerance,
            "{device}: value {index} of output {output}: expected {}, found {}, {difference:e} of the largest magnitude",
            expected.data()[index],
            found.data()[index]
        );
    }
    Ok(())
}

fn poison(input: &Tensor) -> Tensor {
    let values = vec![f32::NAN; input.data().len()];
    Tensor::new(input.batch(), input.shape(), values).unwrap()
}

fn bits(outputs: &[Tensor]) -> Vec<u32> {
    let values = outputs.iter().flat_map(|tensor| tensor.data());
    values.map(|value| value.to_bits()).collect()
}

/// A comparison that cannot fail proves nothing.
#[test]
fn a_wrong_value_is_caught() {
    let expected = [1, 2].map(|seed| synthetic_input(seed, 2, Shape::new(3, 4, 5)));
    assert!(agree_within("none", &expected, &expected, TOLERANCE).is_ok());
    for output in 0..2 {
        for wrong in [f32::NAN, f32::INFINITY, expected[output].data()[7] + 1e-4] {
            let mut found = expected.clone();
            found[output].data_mut()[7] = wrong;
            assert!(
                agree_within("none", &expected, &found, TOLERANCE).is_err(),
                "{wrong}"
            );
        }
    }
    assert!(agree_within("none", &expected, &expected[..1], TOLERANCE).is_err());
}
