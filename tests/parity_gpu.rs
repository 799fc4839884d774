//! The GPU against the frameworks: every committed answer with every pass, and one network of each
//! family with none, and by the kernels for graphics processors; and its features beside one answer of each network.

mod common;

use common::device::open;
use common::families::SMALLEST;
use common::golden::{Golden, TOLERANCE};
use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};

/// Committed answers: three of each of the first networks, two more of each U-Net, one of a batch, and one of each
/// network that was written later and is not left out for its size.
const AT_LEAST: usize = 3 * 36 + 2 * 3 + 1 + 8;

/// The largest difference of a network with convolutions by Winograd's algorithm, over the largest magnitude. The transforms
/// multiply values by up to 8.
const TOLERANCE_OF_WINOGRAD: f64 = 3e-5;

fn agrees(gpu: &Gpu, passes: &PassSet, goldens: &[Golden]) {
    let mut failures = Vec::new();
    for golden in goldens {
        let graph = optimize(&golden.graph(), passes).unwrap();
        let options = SessionOptions {
            batch: golden.batch,
            ..Default::default()
        };
        let weights = golden.weights();
        let begin = std::time::Instant::now();
        let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
        let prepared = begin.elapsed();
        let outputs = session.run_outputs(&golden.input()).unwrap();
        let answered = begin.elapsed();
        let mut kernels = session.program().kernels().into_iter();
        let tolerance = match kernels.any(|kernel| kernel.name == "winograd_result") {
            true => TOLERANCE_OF_WINOGRAD,
            false => TOLERANCE,
        };
        match golden.compare_outputs(&outputs, tolerance) {
            Ok(difference) => println!(
                "{}: {difference:.1e}, prepared in {prepared:.2?}, answered after {answered:.2?}",
                golden.case,
            ),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn agrees_with_every_pass() {
    let goldens = Golden::of_zoo();
    assert!(goldens.len() >= AT_LEAST, "only {} answers", goldens.len());
    agrees(&open(), &PassSet::all(), &goldens);
}

/// Networks of torchvision and timm that `tools/convert.py` converts Keras's weights for, against Keras. What distinguishes
/// Keras's is in the weights then: its epsilons, missing gammas, and the orders of VGG's colours and of its map.
#[test]
fn agrees_with_keras_after_conversion() {
    let goldens = Golden::of_folder("tests/golden/keras");
    let models: Vec<&str> = goldens.iter().map(|golden| golden.model.as_str()).collect();
    let expected = [
        "densenet121",
        "densenet169",
        "densenet201",
        "inception_resnet_v2",
        "mobilenet_v1",
        "nasnet_mobile",
        "vgg16",
        "vgg19",
    ];
    assert_eq!(models, expected);
    agrees(&open(), &PassSet::all(), &goldens);
}

/// Answers of one network of each family, for an odd size, which has all that the usual one has, and is smaller.
fn one_of_each_family() -> Vec<Golden> {
    let mut goldens = Golden::of_zoo();
    goldens.retain(|golden| {
        SMALLEST.contains(&golden.model.as_str())
            && golden.seed == 0
            && golden.shape.width != golden.shape.height
            && golden.shape.height % 2 == 1
    });
    assert_eq!(goldens.len(), SMALLEST.len());
    goldens
}

#[test]
fn agrees_without_passes() {
    agrees(&open(), &PassSet::none(), &one_of_each_family());
}

/// By the kernels that are chosen for graphics processors, whatever the adapter is.
#[test]
fn agrees_as_on_a_graphics_processor() {
    let gpu = as_on_a_graphics_processor(open());
    agrees(&gpu, &PassSet::all(), &one_of_each_family());
}

fn as_on_a_graphics_processor(gpu: Gpu) -> Gpu {
    let profile = DeviceProfile {
        kind: DeviceKind::Gpu,
        storage: Storage::Buffer,
        shared_slots: true,
        subgroup_size: None,
        ..gpu.profile().clone()
    };
    gpu.with_profile(profile)
}
