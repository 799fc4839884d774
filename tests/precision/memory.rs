//! The memory of plans, which need no device.

use menagerie::device::{DeviceProfile, Storage};
use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision, Program};

use crate::common::bindings::assert_apart;
use crate::common::families::tested;

/// The most memory over that of f32.
const MOST: f64 = 0.52;

fn planned(graph: &Graph, profile: &DeviceProfile, precision: Precision) -> Program {
    let planning = Planning::of_batch(1).precision(precision);
    Program::new(graph, profile, &planning).unwrap()
}

fn bytes(program: &Program) -> u64 {
    program.activation_bytes() + program.weight_bytes()
}

#[test]
fn half_the_memory_is_enough_for_every_network() {
    let textures = DeviceProfile {
        storage: Storage::Texture,
        max_texture_side: 16_384,
        max_storage_textures: 8,
        read_write_textures: true,
        ..DeviceProfile::WEBGPU
    };
    let mut all = [0, 0];
    for model in tested() {
        let graph = optimize(&model.graph().unwrap(), &PassSet::all()).unwrap();
        for (storage, profile) in [
            ("buffers", DeviceProfile::WEBGPU),
            ("textures", textures.clone()),
        ] {
            let f32 = planned(&graph, &profile, Precision::F32);
            let f16 = planned(&graph, &profile, Precision::F16Storage);
            assert_apart(model.name, &f16);
            let [before, after] = [bytes(&f32), bytes(&f16)];
            let ratio = after as f64 / before as f64;
            println!("{}, {storage}: {ratio:.3} of {before} bytes", model.name);
            assert!(ratio <= MOST, "{}, {storage}: {ratio:.3}", model.name);
            all = [all[0] + before, all[1] + after];
        }
    }
    println!("all: {:.4}", all[1] as f64 / all[0] as f64);
}
