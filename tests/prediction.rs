//! Predicted times, without a GPU: that they follow the devices and the kernels, and that the kernels which plans choose by
//! them fill large GPUs.

mod common;

use common::networks::optimized;
use menagerie::device::{DeviceClass, DeviceProfile, Hardware, NamedDevice, Storage};
use menagerie::graph::{Graph, NodeId, Window};
use menagerie::kernels::{Candidate, Cooperation, Instance, Site, Work};
use menagerie::prediction::{Limit, Prediction};
use menagerie::program::{Dispatch, Planning, Program, Reason, Tuning};
use menagerie::tensor::Shape;
use menagerie::zoo;

/// A convolution of `channels` input channels on a square of `side` pixels.
fn layer(channels: [usize; 2], side: usize, kernel: usize) -> Graph {
    let window = Window::square(kernel, 1).padded(kernel / 2);
    let input = Shape::new(channels[0], side, side);
    Graph::convolution(input, channels[1], window, 1, true).unwrap()
}

fn named(name: &str) -> &'static DeviceProfile {
    &NamedDevice::find(name).unwrap().profile
}

/// The work of `kernel` in the size `instance`, which need not be one of its instances.
fn work(graph: &Graph, profile: &DeviceProfile, kernel: &str, instance: &Instance) -> Work {
    let site = Site::new(graph, NodeId::FIRST, 1, profile).unwrap();
    let mut candidates = Candidate::of("conv2d");
    let candidate = candidates.find(|candidate| candidate.kernel.name == kernel);
    let implementation = candidate.unwrap().kernel.implementation.unwrap();
    (implementation.work)(&site, instance)
}

const fn tiles(name: &'static str, constants: &'static [(&'static str, usize)]) -> Instance {
    Instance {
        name,
        workgroup_size: 64,
        constants,
    }
}

const LARGE: Instance = tiles(
    "64x64",
    &[("TILE", 8), ("SPAN", 2), ("PIXELS", 64), ("DEPTH", 8)],
);
const SMALL: Instance = tiles(
    "32x32",
    &[("TILE", 8), ("SPAN", 1), ("PIXELS", 32), ("DEPTH", 8)],
);

/// A tile is ranked by its constants: a large one needs fewer reads, and a small one gives more workgroups.
#[test]
fn large_tiles_are_for_large_layers() {
    let profile = named("h100");
    let seconds = |graph: &Graph, instance: &Instance| {
        let work = work(graph, profile, "conv_tiled", instance);
        Prediction::new(&work, &profile.hardware(), Storage::Buffer).seconds()
    };
    let large = layer([64, 128], 224, 3);
    assert!(seconds(&large, &LARGE) < seconds(&large, &SMALL));
    let small = layer([192, 64], 14, 1);
    assert!(seconds(&small, &SMALL) < seconds(&small, &LARGE));
}

/// Hand-computed: 2 x 4 tiles of 64 pixels by 64 channels, 16 quads of K.
#[test]
fn the_work_of_tiles_counts_what_they_leave_empty() {
    let graph = layer([64, 200], 9, 1);
    let found = work(&graph, named("h100"), "conv_tiled", &LARGE);
    assert_eq!(found.workgroups, 8);
    assert_eq!(found.multiply_adds, 8 * 64 * 64 * 64);
    // Each tile reads 64 quads of the input and 64 of the weights for each quad of K.
    assert_eq!(found.reads, 8 * 16 * (64 + 64));
    assert_eq!(found.taps, 8 * 16 * 64);
    // An invocation has 8 pixels of 2 quads of channels.
    assert_eq!(found.shared_reads, 8 * 16 * 64 * (8 + 4 * 2));
    assert_eq!(found.writes, 81 * 50);
    assert_eq!(found.waits, 8);
    assert_eq!(found.activation_bytes, 16 * 81 * (16 + 50));
    assert_eq!(found.cooperation, Cooperation::Staging);
}

/// More of anything that limits a kernel never makes it slower, and the largest time is the bound.
#[test]
fn faster_hardware_is_predicted_to_be_faster() {
    let graph = layer([256, 256], 14, 3);
    let slow = Hardware::of_class(DeviceClass::Gpu);
    let time = |hardware: &Hardware| {
        let work = work(&graph, &DeviceProfile::WEBGPU, "conv_tiled", &LARGE);
        Prediction::new(&work, hardware, Storage::Buffer)
    };
    let before = time(&slow);
    let faster = [
        Hardware {
            flops_per_second: 2 * slow.flops_per_second,
            ..slow
        },
        Hardware {
            bytes_per_second: 2 * slow.bytes_per_second,
            ..slow
        },
        Hardware {
            launch_nanoseconds: slow.launch_nanoseconds / 2,
            ..slow
        },
    ];
    for hardware in &faster {
        assert!(time(hardware).seconds() < before.seconds(), "{hardware:?}");
    }
    let starved = Hardware {
        bytes_per_second: 1_000_000,
        ..slow
    };
    assert_eq!(time(&starved).limit(), Limit::Bandwidth);
    let late = Hardware {
        launch_nanoseconds: 1_000_000_000,
        ..slow
    };
    assert_eq!(time(&late).limit(), Limit::Launch);
}

/// Measurements come first, then predictions.
#[test]
fn a_choice_says_why() {
    let graph = layer([64, 64], 28, 1);
    let profile = named("rx7900xtx");
    let choice = |planning: &Planning| {
        let program = Program::new(&graph, profile, planning).unwrap();
        program.dispatches()[0].choice.clone().unwrap()
    };
    let predicted = choice(&Planning::default());
    assert_eq!(predicted.reason, Reason::Predicted);
    assert_eq!(predicted.candidate, predicted.predicted[0].candidate);
    let times = predicted.predicted.iter().map(|it| it.time.seconds());
    assert!(times.is_sorted());
    let slowest = predicted.predicted.last().unwrap().candidate.name();
    let mut tuning = Tuning::NONE;
    let site = Site::new(&graph, NodeId::FIRST, 1, profile).unwrap();
    tuning.prefer(site.layer().to_string(), &slowest);
    let measured = choice(&Planning::default().tuned(tuning));
    assert_eq!(measured.candidate.name(), slowest);
    assert_eq!(measured.reason, Reason::Measured);
    let asked = choice(&Planning::default().kernel(&slowest));
    assert_eq!(asked.reason, Reason::Asked);
}

/// Whether the dispatch is a convolution without groups and with a window of 1x1 or 3x3.
fn is_dense(dispatch: &Dispatch) -> bool {
    let mut words = dispatch.operation.split(' ');
    words.next() == Some("conv2d")
        && matches!(words.nth(1), Some("1x1" | "3x3"))
        && !words.any(|word| ["groups", "depthwise"].contains(&word))
}

/// Every such layer of the zoo has a workgroup for each processor of a GPU, or up to 64 of them, or its invocations share
/// each sum, or it takes at most twice the time between two dispatches. With a prologue half as many are enough, because each
/// workgroup computes it again.
#[test]
fn layers_fill_large_gpus() {
    let networks = zoo::models().iter().map(|model| model.name);
    let graphs: Vec<(&str, Graph)> = networks.map(|name| (name, optimized(name))).collect();
    for device in NamedDevice::all() {
        let processors = u64::from(device.profile.hardware().processors);
        let (mut layers, mut short) = (0, 0);
        for (network, graph) in &graphs {
            let plan = Program::new(graph, &device.profile, &Planning::default()).unwrap();
            for dispatch in plan.dispatches().iter().filter(|it| is_dense(it)) {
                layers += 1;
                let workgroups: u64 = dispatch
                    .workgroups
                    .iter()
                    .map(|&it| u64::from(it))
                    .product();
                let shares_sums = dispatch.kernel.name.contains("split_k");
                let has_prologue = dispatch.fused.prologue.is_some();
                let needed = processors.min(64) / (1 + u64::from(has_prologue));
                if workgroups >= needed || shares_sums {
                    continue;
                }
                short += 1;
                let time = dispatch.predicted.unwrap();
                let layer = (network, &dispatch.node, &dispatch.operation, time);
                let is_short = time.kernel_seconds() <= 2.0 * time.launch;
                assert!(is_short, "{}: {layer:?}", device.name);
            }
        }
        assert!(short * 20 < layers, "{}: {short} of {layers}", device.name);
    }
}
