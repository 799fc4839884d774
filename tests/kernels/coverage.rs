//! No kernel, shader or operation stands alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::mem::discriminant;
use std::path::Path;
use std::sync::Arc;

use menagerie::device::{DeviceKind, DeviceProfile, MatrixSizes, Storage};
use menagerie::frame::FRAME_KERNELS;
use menagerie::kernels::{
    Candidate, Declaration, FusedEpilogue, FusedPrologue, Fusion, KERNELS, Site,
};
use menagerie::profile::ROOFLINE_KERNELS;
use menagerie::program::Program;

use crate::common::cases;
use crate::common::device::devices;
use crate::common::variants::{plannings, plannings_on};

fn names_in(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

fn software() -> DeviceProfile {
    DeviceProfile {
        kind: DeviceKind::Software,
        storage: Storage::Texture,
        subgroup_size: Some(8),
        matrix_sizes: MatrixSizes::OF_8,
        // As many as kernels with expressions around them read.
        max_storage_textures: 8,
        ..DeviceProfile::WEBGPU
    }
}

#[test]
fn every_kernel_is_tested() {
    let software = software();
    let mut called = BTreeSet::new();
    for case in cases::all() {
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
    let roofline = ROOFLINE_KERNELS
        .iter()
        .map(|kernel| kernel.name.to_owned())
        .collect();
    assert_eq!(names_in("shaders/roofline", "wgsl"), roofline);
}

/// Pipelines are found by the kernel's name. A kernel that a file declares has the name of that file, so it never takes the
/// pipeline of a trusted one.
#[test]
fn no_kernel_has_the_name_of_a_file() {
    let all = KERNELS.iter().chain(ROOFLINE_KERNELS).chain(FRAME_KERNELS);
    for kernel in all {
        assert!(!kernel.name.contains('.'), "{}", kernel.name);
    }
    let json = r#"{ "operations": ["add"], "workgroup_size": 1, "uniform": [["n", "1"]], "bindings": [["c", "write"]],
                    "invocations": "1" }"#;
    assert!(Declaration::parse("conv", json, "").is_err());
    let declared = Declaration::parse("conv.wgsl", json, "")
        .unwrap()
        .into_candidate();
    assert!(declared.kernel.data_dependent, "it must never be trusted");
}

/// Kernels that compute expressions are called with two at least, in front and behind.
#[test]
fn every_kernel_with_a_slot_is_called_with_expressions() {
    let software = software();
    let mut epilogue: BTreeMap<&str, HashSet<Arc<FusedEpilogue>>> = BTreeMap::new();
    let mut prologue: BTreeMap<&str, HashSet<Arc<FusedPrologue>>> = BTreeMap::new();
    for case in cases::all() {
        for profile in [&DeviceProfile::WEBGPU, &software] {
            for planning in plannings(&case.graph, case.batch, profile) {
                let program = Program::new(&case.graph, profile, &planning).unwrap();
                for dispatch in program.dispatches() {
                    let (name, fused) = (dispatch.kernel.name, dispatch.fused.clone());
                    epilogue.entry(name).or_default().extend(fused.epilogue);
                    prologue.entry(name).or_default().extend(fused.prologue);
                }
            }
        }
    }
    for kernel in KERNELS {
        let epilogue = epilogue.get(kernel.name).map_or(0, HashSet::len);
        let prologue = prologue.get(kernel.name).map_or(0, HashSet::len);
        let name = kernel.name;
        assert!(
            epilogue >= 2 || kernel.fusion == Fusion::None,
            "{name}: {epilogue} behind it"
        );
        assert!(
            prologue >= 2 || !kernel.prologue,
            "{name}: {prologue} in front of it"
        );
    }
}

/// Kernels that none of this machine's devices is planned with are kernels that no case here has run.
#[test]
fn every_kernel_runs_on_this_adapter() {
    let native = devices()[0].1.profile();
    let mut called = BTreeSet::new();
    for case in cases::all() {
        for (kind, gpu) in devices() {
            for planning in plannings_on(kind, gpu, &case.graph, case.batch) {
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
        // Of Vulkan's software adapters, those of Mesa 25.2 and later have matrix units.
        let excused = excused || kernel.matrix_units && native.matrix_sizes.is_empty();
        assert!(called.contains(kernel.name) || excused, "{}", kernel.name);
    }
}

/// The oracle of a kernel is that of its operations.
#[test]
fn every_kernel_names_its_operations() {
    let cases = cases::all();
    let nodes = cases.iter().flat_map(|case| case.graph.nodes());
    let kinds: BTreeSet<&str> = nodes.map(|node| node.op().kind()).collect();
    for kernel in KERNELS {
        assert!(!kernel.ops().is_empty(), "{}", kernel.name);
        for op in kernel.ops() {
            assert!(kinds.contains(op), "{}: {op}", kernel.name);
        }
    }
}

/// The number of operations, from the source: outside of the crate, no match can be exhaustive.
fn operations() -> usize {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graph/ops/mod.rs");
    let source = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
    let mut variants = source.items.iter().filter_map(|item| match item {
        syn::Item::Enum(item) if item.ident == "Op" => Some(item.variants.len()),
        _ => None,
    });
    variants.next().unwrap()
}

#[test]
fn every_operation_has_a_case() {
    let cases = [cases::all(), cases::without_kernel()].concat();
    let answers = cases.iter().map(|case| case.graph.node(case.node()));
    let kinds: HashSet<_> = answers.map(|node| discriminant(node.op())).collect();
    assert_eq!(kinds.len(), operations(), "{kinds:?}");
}

#[test]
fn cases_are_told_apart_by_their_names() {
    let cases = [
        cases::all(),
        cases::without_kernel(),
        cases::layers::layers(),
    ]
    .concat();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
}

/// What reads two tensors takes what makes them along, and is timed in networks only. What multiplies by matrix units computes
/// nothing in f32.
#[test]
fn every_kernel_of_one_input_is_timed() {
    let software = software();
    let mut accepting = BTreeSet::new();
    for case in cases::layers::layers() {
        for profile in [&DeviceProfile::WEBGPU, &software] {
            let site = Site::new(&case.graph, case.node(), case.batch, profile).unwrap();
            let kernels = Candidate::of(site.kind());
            let kernels = kernels.filter(|kernel| kernel.accept(&site).is_ok());
            accepting.extend(kernels.map(|kernel| kernel.kernel.name));
        }
    }
    let all: BTreeSet<&str> = KERNELS.iter().map(|kernel| kernel.name).collect();
    let left: Vec<&&str> = all.difference(&accepting).collect();
    assert_eq!(left, [&"add", &"concat", &"conv_matrix_units", &"mat_mul"]);
}
