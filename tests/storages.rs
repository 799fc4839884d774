//! Networks whose values are partly in textures and partly in buffers, as software adapters store them.

mod common;

use common::device::open;
use common::golden::{Golden, TOLERANCE};
use menagerie::device::{DeviceClass, DeviceProfile, Hardware, Storage};
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision, Program};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::zoo;

/// Software that is so slow that a buffer is worthwhile wherever it saves anything.
fn slow(native: &DeviceProfile) -> DeviceProfile {
    DeviceProfile {
        storage: Storage::Texture,
        hardware: Some(Hardware {
            flops_per_second: 1_000_000,
            ..Hardware::of_class(DeviceClass::Software)
        }),
        ..native.clone()
    }
}

fn has_both(program: &Program) -> bool {
    let storages = program.slot_storages();
    storages.contains(&Storage::Buffer) && storages.contains(&Storage::Texture)
}

/// Residuals, concatenations, pools, pairs of convolutions and a map.
#[test]
fn both_storages_together_give_the_answers_of_the_frameworks() {
    let gpu = open();
    let gpu = gpu.clone().with_profile(slow(gpu.profile()));
    let cases = [
        ("resnet18-seed0-193x161", Precision::F32, TOLERANCE),
        ("googlenet-seed0-193x161", Precision::F32, TOLERANCE),
        ("mobilenet_v2-seed0-193x161", Precision::F32, TOLERANCE),
        ("resnet18-seed0-193x161", Precision::F16Storage, 2e-2),
    ];
    for (case, precision, tolerance) in cases {
        let golden = Golden::of_case(case);
        let graph = zoo::find(&golden.model).unwrap();
        let graph = graph.graph_for(golden.shape).unwrap();
        let graph = optimize(&graph, &PassSet::all()).unwrap();
        let options = SessionOptions {
            precision,
            ..SessionOptions::default()
        };
        let weights = Weights::synthetic(golden.seed);
        let mut session = Session::new(&gpu, &graph, &weights, &options).unwrap();
        assert!(has_both(session.program()), "{case}");
        let answer = session.run(&golden.input()).unwrap();
        if let Err(error) = golden.compare(&answer, tolerance) {
            panic!("{case}, {precision}: {error}");
        }
    }
}

/// A device that binds few buffers, or small ones, keeps its values in textures.
#[test]
fn values_are_in_textures_where_buffers_are_too_few_or_too_small() {
    let native = DeviceProfile {
        max_storage_textures: 8,
        read_write_textures: true,
        ..slow(&DeviceProfile::WEBGPU)
    };
    let cases = [
        (native.clone(), true),
        (
            DeviceProfile {
                max_storage_buffers: 2,
                ..native.clone()
            },
            false,
        ),
        (
            DeviceProfile {
                max_binding_bytes: 4096,
                ..native.clone()
            },
            false,
        ),
    ];
    let graph = zoo::find("resnet18").unwrap().graph().unwrap();
    let graph = optimize(&graph, &PassSet::all()).unwrap();
    for (profile, expected) in cases {
        let program = Program::new(&graph, &profile, &Planning::of_batch(1)).unwrap();
        assert_eq!(has_both(&program), expected);
        program.check(&profile).unwrap();
    }
}
