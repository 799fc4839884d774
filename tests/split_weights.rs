//! Networks whose weights take several bindings: the same answer, bit for bit, as with one.

mod common;

use common::device::open;
use common::golden::{Golden, TOLERANCE};
use menagerie::device::{DeviceProfile, Storage};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, zoo};

const SEED: u64 = 5;

/// Rows of 4096 texels in 128 MiB.
const LARGEST: u32 = 2048;

/// A device on which no tensor may have more than `texture_rows` rows of 4096 texels.
fn limited(native: &DeviceProfile, storage: Storage, texture_rows: u32) -> DeviceProfile {
    DeviceProfile {
        storage,
        max_binding_bytes: u64::from(texture_rows) << 16,
        // A row is left free.
        max_texture_side: texture_rows + 1,
        ..native.clone()
    }
}

fn run(gpu: &Gpu, model: &str, passes: &PassSet, input: &Tensor) -> (usize, Tensor) {
    let graph = zoo::find(model).unwrap().graph_for(input.shape()).unwrap();
    let graph = optimize(&graph, passes).unwrap();
    let weights = Weights::synthetic(SEED);
    let options = SessionOptions::default();
    let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
    (
        session.program().dispatches().len(),
        session.run(input).unwrap(),
    )
}

/// LeNet has linear layers, with passes and without; ResNet residuals, which are split with the channels.
#[test]
fn parts_give_the_same_bits() {
    let gpu = open();
    let cases = [
        ("lenet5", Shape::new(1, 28, 28), 1),
        // So small that no convolution is divided into steps, for which longer bindings may be needed.
        ("resnet18", Shape::new(3, 45, 47), 16),
    ];
    for (model, shape, texture_rows) in cases {
        let input = synthetic_input(SEED, 1, shape);
        for storage in [Storage::Buffer, Storage::Texture] {
            for passes in [PassSet::all(), PassSet::none()] {
                let run = |rows| {
                    let profile = limited(gpu.profile(), storage, rows);
                    run(&gpu.clone().with_profile(profile), model, &passes, &input)
                };
                let (whole, expected) = run(LARGEST);
                let (parts, found) = run(texture_rows);
                assert!(
                    parts > whole,
                    "{model}: {parts} dispatches, {whole} without parts"
                );
                assert_eq!(expected, found, "{model}, {storage:?}");
            }
        }
    }
}

/// A device that binds at most 128 MiB, as WebGPU promises: VGG-16's first linear layer has 411 MB.
#[test]
fn vgg16_fits_into_small_bindings() {
    let golden = Golden::of_case("vgg16-seed0-193x161");
    let gpu = open();
    let profile = limited(gpu.profile(), Storage::Buffer, LARGEST);
    let graph = zoo::find("vgg16").unwrap().graph_for(golden.shape).unwrap();
    let graph = optimize(&graph, &PassSet::all()).unwrap();
    let weights = Weights::synthetic(golden.seed);
    let options = SessionOptions::default();
    let gpu = gpu.with_profile(profile);
    let mut session = Session::new(&gpu, &graph, &weights, &options).unwrap();
    let answer = session.run(&golden.input()).unwrap();
    golden.compare(&answer, TOLERANCE).unwrap();
}
