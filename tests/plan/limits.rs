//! Limits of devices: what is split to fit, what is kept apart, and what is refused.

use menagerie::device::DeviceProfile;
use menagerie::error::ErrorKind;
use menagerie::passes::PassSet;
use menagerie::program::{Planning, Program};

use crate::common::bindings::assert_apart;
use crate::common::families::without_larger;
use crate::common::networks::{optimized, optimized_with};
use crate::{SOFTWARE, plan};

#[test]
fn no_dispatch_writes_what_it_reads() {
    let apart = DeviceProfile {
        shared_slots: false,
        ..SOFTWARE
    };
    for model in without_larger() {
        for passes in [PassSet::all(), PassSet::none()] {
            let graph = optimized_with(model.name, &passes);
            for profile in [&DeviceProfile::WEBGPU, &SOFTWARE, &apart] {
                let plan = plan(&graph, 2, profile);
                assert_eq!(plan.shared_slots(), profile.shared_slots, "{}", model.name);
                assert_apart(model.name, &plan);
            }
        }
    }
}

/// VGG-16's first linear layer has 411 MB of weights, as a matrix and as the convolution that it becomes.
#[test]
fn weights_are_split_over_bindings() {
    for passes in [PassSet::all(), PassSet::none()] {
        let graph = optimized_with("vgg16", &passes);
        for megabytes in [128, 64, 16] {
            let profile = DeviceProfile {
                max_binding_bytes: megabytes << 20,
                ..DeviceProfile::WEBGPU
            };
            // A kernel that is asked for computes each convolution at once, whatever the limits are.
            let planning = Planning::of_batch(1).kernel("conv 8 pixels");
            let split = Program::new(&graph, &profile, &planning).unwrap();
            for recipe in split.recipes() {
                assert!(recipe.packing.quads() <= profile.max_quads());
            }
            let layer: Vec<_> = (split.dispatches().iter())
                .filter(|dispatch| dispatch.node == "classifier.0")
                .collect();
            let bytes = 25_088 * 4096 * 4_u64;
            assert!(layer.len() as u64 >= bytes.div_ceil(megabytes << 20));
            let unlimited = DeviceProfile {
                max_binding_bytes: u64::MAX,
                max_buffer_bytes: u64::MAX,
                ..DeviceProfile::WEBGPU
            };
            let whole = Program::new(&graph, &unlimited, &planning).unwrap();
            assert_eq!(
                split.weight_bytes(),
                whole.weight_bytes(),
                "{megabytes} MiB"
            );
        }
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let small = DeviceProfile {
        max_binding_bytes: 1 << 20,
        ..DeviceProfile::WEBGPU
    };
    let graph = optimized("resnet18");
    let error = Program::new(&graph, &small, &Planning::of_batch(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "conv1: a tensor of 3211264 bytes does not fit: this adapter allows 1048576 bytes; \
         try a smaller batch or size"
    );
    let error = Program::new(&graph, &small, &Planning::of_batch(0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a batch needs 1 to 1048576 images, found 0"
    );
}
