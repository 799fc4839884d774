//! The cases of the one table.

use menagerie::program::{Planning, Program};
use menagerie::session::{Parameters, Session, SessionOptions};
use menagerie::{ErrorKind, tune};

use crate::common::cases;
use crate::common::device::devices;
use crate::harness::{agree_by, answer, check, inputs, named, weights};

#[test]
fn every_case_on_every_kind_of_device() {
    for case in cases::all() {
        check(&case).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

/// What is timed is right: by each kernel that can compute it on the adapter as it is.
#[test]
fn layers_of_networks() {
    let (device, gpu) = &devices()[0];
    for case in cases::layers::layers() {
        let inputs = inputs(&case);
        let expected = answer(&case, &inputs);
        let parameters = Parameters::new(gpu, &weights().bind(&case.graph).unwrap());
        let mut names: Vec<Option<String>> = vec![None];
        let planning = Planning::of_batch(case.batch);
        for layer in tune::layers(&case.graph, gpu.profile(), &planning) {
            let kernels = layer.kernels[1..].iter();
            names.extend(kernels.map(|kernel| Some(kernel.name())));
        }
        for name in names {
            let mut planning = Planning::of_batch(case.batch);
            if let Some(name) = &name {
                planning = planning.kernel(name);
            }
            let program = Program::new(&case.graph, gpu.profile(), &planning).unwrap();
            let options = SessionOptions::default();
            let mut session = Session::of_program(&program, &parameters, &options).unwrap();
            let found = session.run_named(&named(&inputs)).unwrap();
            let what = format!("{} by {name:?} on {device}", case.name);
            agree_by(&program, &what, &expected, &found.into_tensors()).unwrap();
        }
    }
}

/// Where there is no kernel, there is no program, and an error that says so. A case that gets one belongs into the list
/// of those that have.
#[test]
fn what_no_kernel_computes_is_refused() {
    for case in cases::without_kernel() {
        for (_, gpu) in devices() {
            let planning = Planning::of_batch(case.batch);
            let error = Program::new(&case.graph, gpu.profile(), &planning).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{}", case.name);
            let line = error.to_string();
            let kind = case.graph.node(case.node()).op().kind();
            let begin = format!("no kernel computes {kind}");
            assert!(line.contains(&begin), "{}: {line}", case.name);
        }
    }
}
