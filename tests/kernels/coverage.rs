//! No kernel, shader or operation stands alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::kernels::KERNELS;
use menagerie::profile::CEILING_KERNELS;
use menagerie::program::Program;

use crate::case::Case;
use crate::common::device::devices;
use crate::common::variants::plannings;
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
        max_storage_textures: 8,
        subgroup_size: Some(8),
        ..DeviceProfile::WEBGPU
    };
    let mut called = BTreeSet::new();
    for case in fixed() {
        for profile in [&DeviceProfile::WEBGPU, &software] {
            for planning in plannings(&case.graph, case.batch, profile) {
                let plan = Program::new(&case.graph, profile, &planning).unwrap();
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
    assert_eq!(names_in("shaders", "wgsl"), kernels);
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
            for planning in plannings(&case.graph, case.batch, gpu.profile()) {
                let plan = Program::new(&case.graph, gpu.profile(), &planning).unwrap();
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

/// The oracle of a kernel is that of its operations.
#[test]
fn every_kernel_names_its_operations() {
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
        assert!(!kernel.ops().is_empty(), "{}", kernel.name);
        for op in kernel.ops() {
            assert!(kinds.contains(op), "{}: {op}", kernel.name);
        }
    }
}

/// A kernel is its shader, its host side and its lines in the registry. Names that are words or operations, such as
/// `linear`, say nothing where they are found.
#[test]
fn nothing_else_names_a_kernel() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source];
    let mut found = Vec::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let words: BTreeSet<&str> = text.split(|c| !is_part(c)).collect();
        for kernel in KERNELS {
            let is_telling = kernel.name.contains('_') && !kernel.ops().contains(&kernel.name);
            let own = path.ends_with(format!("kernels/{}.rs", kernel.name));
            let registry = path.ends_with("kernels/mod.rs");
            if is_telling && !own && !registry && words.contains(kernel.name) {
                found.push(format!("{} in {}", kernel.name, path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}
