//! Which layers are multiplied by matrix units, and what the answers are worth.

use menagerie::device::{DeviceProfile, MatrixSizes, NamedDevice};
use menagerie::graph::{Conv, Graph, Window, network};
use menagerie::kernels::Candidate;
use menagerie::program::{Planning, Precision, Program, Reason, Tuning};
use menagerie::tensor::Shape;
use menagerie::{ErrorKind, tune};

use crate::common::networks::optimized;

fn device(name: &str) -> DeviceProfile {
    NamedDevice::find(name).unwrap().profile.clone()
}

fn f16() -> Planning {
    Planning::of_batch(1).precision(Precision::F16)
}

/// The nodes that are computed by matrix units, and why.
fn by_matrix_units(
    graph: &Graph,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Vec<(String, Reason)> {
    let program = Program::new(graph, profile, planning).unwrap();
    let dispatches = program.dispatches().iter();
    let chosen = dispatches.filter(|dispatch| dispatch.kernel.matrix_units);
    chosen
        .map(|dispatch| {
            let reason = dispatch.choice.as_ref().unwrap().reason;
            (dispatch.node.clone(), reason)
        })
        .collect()
}

/// A tuning that prefers matrix units for every layer that they can compute.
pub fn preferring(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Tuning {
    let mut tuning = Tuning::NONE;
    for layer in tune::layers(graph, profile, planning) {
        let mut kernels = layer.kernels.iter();
        if let Some(kernel) = kernels.find(|kernel| kernel.kernel.matrix_units) {
            let key = Precision::F16.tuning_key(&layer.key);
            tuning.prefer(key, kernel.name());
        }
    }
    tuning
}

#[test]
fn plans_use_them_untried_only_where_they_are_known_to_be_worth_it() {
    let graph = optimized("vgg11");
    let found = by_matrix_units(&graph, &device("h100"), &f16());
    assert!(found.len() > 4, "{found:?}");
    assert!(found.iter().all(|(_, reason)| *reason == Reason::Predicted));
    for precision in [Precision::F32, Precision::F16Storage] {
        let planning = f16().precision(precision);
        assert_eq!(by_matrix_units(&graph, &device("h100"), &planning), []);
    }
    // It has them, and nobody knows what they are worth: a measurement tells.
    let m3 = device("m3");
    assert_eq!(by_matrix_units(&graph, &m3, &f16()), []);
    let tuned = f16().tuned(preferring(&graph, &m3, &f16()));
    let found = by_matrix_units(&graph, &m3, &tuned);
    assert!(found.len() > 4, "{found:?}");
    assert!(found.iter().all(|(_, reason)| *reason == Reason::Measured));
    // What was measured in f16 says nothing of another precision.
    let storage = tuned.precision(Precision::F16Storage);
    assert_eq!(by_matrix_units(&graph, &m3, &storage), []);
    // Its matrices have a shape that shaders cannot use.
    let arc = device("arc-a770");
    let tuning = preferring(&graph, &arc, &f16());
    assert!(tuning.is_empty());
}

/// Each reason why a layer is computed in f32 on a device with matrix units.
#[test]
fn some_layers_are_never_multiplied_in_f16() {
    let graph = network("layers", |net| {
        let x = net.image("photo", Shape::new(8, 12, 12))?;
        let x = net.conv("dense", x, Conv::new(64, 3))?;
        let x = net.conv("kept", x, Conv::new(64, 3))?;
        let x = net.conv("grouped", x, Conv::new(64, 3).groups(4))?;
        let x = net.max_pool("pool", x, Window::square(6, 6))?;
        let x = net.conv("of one pixel", x, Conv::new(64, 1))?;
        let x = net.linear("scores", x, 4)?;
        net.output("scores", x)
    });
    let graph = graph.unwrap();
    let profile = DeviceProfile {
        matrix_sizes: MatrixSizes::OF_8.and(MatrixSizes::OF_16),
        ..DeviceProfile::WEBGPU
    };
    let planning = f16().keep_f32(["kept"]);
    let units = Candidate::all().filter(|candidate| candidate.kernel.matrix_units);
    let mut tried = 0;
    for candidate in units {
        let planning = planning.clone().candidate(candidate);
        let found = by_matrix_units(&graph, &profile, &planning);
        let expected = [("dense".to_owned(), Reason::Asked)];
        assert_eq!(found, expected, "{}", candidate.name());
        tried += 1;
    }
    assert!(tried > 1);
}

#[test]
fn a_program_is_refused_by_a_device_without_them() {
    let graph = optimized("vgg11");
    let program = Program::new(&graph, &device("h100"), &f16()).unwrap();
    let other = DeviceProfile {
        matrix_sizes: MatrixSizes::OF_8,
        ..device("h100")
    };
    let error = program.check(&other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "vgg11: matrix units of 16x16 are needed, found 8x8"
    );
    assert!(program.check(&device("h100")).is_ok());
}
