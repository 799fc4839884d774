//! No kernel, shader or operation stands alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use menagerie::kernels::KERNELS;
use menagerie::plan::{DeviceKind, DeviceProfile, Plan, Storage};
use menagerie::profile::CEILING_KERNELS;

use crate::case::Case;
use crate::common::device::devices;
use crate::common::variants::tunings;
use crate::{convolution, maps, movement, pointwise, pooling, vectors};

/// Cases that between them call every kernel.
pub fn fixed() -> Vec<Case> {
    [
        convolution::fixed(),
        maps::fixed(),
        movement::fixed(),
        pointwise::fixed(),
        pooling::fixed(),
        vectors::fixed(),
    ]
    .concat()
}

fn names_in(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn every_kernel_is_tested() {
    let software = DeviceProfile {
        kind: DeviceKind::Software,
        storage: Storage::Texture,
        subgroup_size: Some(8),
        ..DeviceProfile::WEBGPU
    };
    let mut called = BTreeSet::new();
    for case in fixed() {
        for mut profile in [DeviceProfile::WEBGPU, software.clone()] {
            for tuning in tunings(&case.graph, case.batch, &profile) {
                profile.tuning = tuning;
                let plan = Plan::new(&case.graph, case.batch, &profile).unwrap();
                called.extend(plan.kernels().iter().map(|kernel| kernel.name.to_owned()));
            }
        }
    }
    let all: BTreeSet<String> = KERNELS
        .iter()
        .map(|kernel| kernel.name.to_owned())
        .collect();
    assert_eq!(called, all);
}

#[test]
fn shaders_and_host_sides_come_in_pairs() {
    let kernels: BTreeSet<String> = KERNELS
        .iter()
        .map(|kernel| kernel.name.to_owned())
        .collect();
    let mut shaders = names_in("shaders", "wgsl");
    assert!(shaders.remove("prelude"), "what every shader begins with");
    assert_eq!(shaders, kernels);
    let host_sides = names_in("src/kernels", "rs");
    assert!(kernels.is_subset(&host_sides), "{kernels:?} {host_sides:?}");
    let ceilings = CEILING_KERNELS
        .iter()
        .map(|kernel| kernel.name.to_owned())
        .collect();
    assert_eq!(names_in("shaders/ceilings", "wgsl"), ceilings);
}

/// Kernels that none of this machine's devices is planned with are kernels that no case here has run.
#[test]
fn every_kernel_runs_on_this_adapter() {
    let native = devices()[0].1.profile();
    let mut called = BTreeSet::new();
    for case in fixed() {
        for (_, gpu) in devices() {
            let mut profile = gpu.profile().clone();
            for tuning in tunings(&case.graph, case.batch, gpu.profile()) {
                profile.tuning = tuning;
                let plan = Plan::new(&case.graph, case.batch, &profile).unwrap();
                called.extend(plan.kernels().iter().map(|kernel| kernel.name));
            }
        }
    }
    for kernel in KERNELS {
        // Written for processors whose subgroups are eight wide. Vulkan's software adapter has subgroups; where they have
        // another width, or where there is a graphics processor, nothing can be installed that would run the kernel.
        let other_width = native.subgroup_size.is_some_and(|size| size != 8);
        let excused = kernel.subgroups && (other_width || native.kind == DeviceKind::Gpu);
        assert!(called.contains(kernel.name) || excused, "{}", kernel.name);
    }
}

/// The oracle of a kernel is its operation's.
#[test]
fn every_kernel_names_its_operation() {
    let kinds: BTreeSet<&str> = fixed()
        .iter()
        .flat_map(|case| {
            case.graph
                .nodes()
                .iter()
                .map(|node| node.op.kind())
                .collect::<Vec<_>>()
        })
        .collect();
    for kernel in KERNELS {
        assert!(kinds.contains(kernel.op), "{}: {}", kernel.name, kernel.op);
    }
}
