//! Values that lie inside others, so that nothing is left to compute: on small graphs, each with what is left of it.

#[path = "../common/mod.rs"]
mod common;

mod case;
mod concatenations;
mod copies;
mod layouts;
mod slices;
mod views;

use common::bindings::assert_apart;
use common::device::devices;
use menagerie::device::{DeviceProfile, Storage};
use menagerie::graph::network;
use menagerie::program::{Planning, Program};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};

use case::{Case, conv};

const SEED: u64 = 5;

/// A device whose dispatches may bind a slot only once where they write it.
const APART: DeviceProfile = DeviceProfile {
    shared_slots: false,
    storage: Storage::Texture,
    max_storage_textures: 8,
    ..DeviceProfile::WEBGPU
};

fn cases() -> Vec<Case> {
    let mut cases = concatenations::cases();
    cases.extend(views::cases());
    cases.extend(slices::cases());
    cases.extend(layouts::cases());
    cases.extend(copies::cases());
    cases
}

/// The node of each dispatch, and where its result lies.
fn left(program: &Program) -> Vec<String> {
    let dispatches = program.dispatches().iter();
    dispatches
        .map(|dispatch| {
            let view = &dispatch.output;
            format!("{} {} of {}", dispatch.node, view.offset, view.pitch)
        })
        .collect()
}

#[test]
fn what_is_left_to_compute() {
    for case in cases() {
        let apart = match case.apart.is_empty() {
            true => case.shared,
            false => case.apart,
        };
        for (profile, expected) in [(&DeviceProfile::WEBGPU, case.shared), (&APART, apart)] {
            for batch in [1, 3] {
                let program = Program::new(&case.graph, profile, &Planning::of_batch(batch));
                let program = program.unwrap();
                assert_eq!(left(&program), expected, "{}, {profile}", case.name);
                assert_eq!(program.shared_slots(), profile.shared_slots);
                assert_apart(case.name, &program);
            }
        }
    }
}

/// Slices of one storage lie in it, and others do not.
#[test]
fn outputs_lie_where_their_values_do() {
    let graph = network("small", |net| {
        let x = net.image("x", Shape::new(8, 3, 2))?;
        let a = conv(net, "a", x, 4)?;
        let b = conv(net, "b", x, 6)?;
        let whole = net.concat("concat", &[a, b])?;
        net.output("whole", whole)?;
        net.output("a", a)?;
        net.output("b", b)?;
        let part = net.split("split", x, &[4, 4])?[1];
        net.output("part", part)
    });
    let program = Program::new(
        &graph.unwrap(),
        &DeviceProfile::WEBGPU,
        &Planning::of_batch(2),
    );
    let program = program.unwrap();
    let [whole, a, b, part] = [0, 1, 2, 3].map(|index| program.outputs()[index].view);
    assert_eq!([a.place, b.place], [whole.place; 2]);
    assert_eq!([whole.offset, a.offset, b.offset], [0, 0, 1]);
    assert_eq!([whole.pitch, a.pitch, b.pitch], [3; 3]);
    let x = program.input();
    assert_eq!((part.place, part.offset, part.pitch), (x.place, 1, x.pitch));
    assert_ne!(part.place, whole.place);
}

#[test]
fn answers_are_those_of_the_reference() {
    for case in cases() {
        let weights = Weights::synthetic(SEED);
        let input = synthetic_input(SEED, 3, case.graph.input_shape().unwrap());
        let reference = Reference::new(case.graph.clone(), &weights).unwrap();
        let expected = reference.run(&input).unwrap();
        let most = expected
            .data()
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        for (device, gpu) in devices() {
            let options = SessionOptions {
                batch: 3,
                ..SessionOptions::default()
            };
            let mut session = Session::new(gpu, &case.graph, &weights, &options).unwrap();
            // The second run must find nothing changed that the first has read.
            for run in 0..2 {
                let found = session.run(&input).unwrap();
                assert_eq!(found.shape(), expected.shape(), "{}", case.name);
                for (found, expected) in found.data().iter().zip(expected.data()) {
                    let near = (found - expected).abs() <= 1e-5 * most;
                    assert!(
                        near,
                        "{}, {device}, run {run}: {found}, not {expected}",
                        case.name
                    );
                }
            }
        }
    }
}
