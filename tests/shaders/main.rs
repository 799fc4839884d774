//! Every shader, without a GPU: it is valid, every backend's language can say it, and host and shader
//! agree about what they share.

#[path = "../common/mod.rs"]
mod common;

mod interfaces;
mod translations;

use common::cases;
use menagerie::device::{DeviceProfile, Storage};
use menagerie::frame::FRAME_KERNELS;
use menagerie::kernels::interface;
use menagerie::kernels::{Format, Fused, Fusion, Instance, KERNELS, Kernel};
use menagerie::profile::ROOFLINE_KERNELS;
use menagerie::program::{Planning, Program};
use naga::Module;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

const STORAGES: [Storage; 2] = [Storage::Buffer, Storage::Texture];

struct Shader {
    name: String,
    instance: &'static Instance,
    storage: Storage,
    shared_slots: bool,
    description: interface::Shader,
    module: Module,
    info: ModuleInfo,
}

fn capabilities(kernel: &Kernel) -> Capabilities {
    // Every WebGPU implementation converts between f16 and f32; wgpu asks for it by a downlevel flag.
    let usual = Capabilities::SHADER_FLOAT16_IN_FLOAT32;
    let mut all = usual;
    all.set(
        Capabilities::SUBGROUP,
        kernel.subgroups || kernel.matrix_units,
    );
    all.set(
        Capabilities::COOPERATIVE_MATRIX | Capabilities::SHADER_FLOAT16,
        kernel.matrix_units,
    );
    all
}

fn shader(
    kernel: &'static Kernel,
    instance: &'static Instance,
    storage: Storage,
    shared_slots: bool,
    format: Format,
    fused: Fused,
) -> Shader {
    let name = format!(
        "{} {} in {storage:?}, shared {shared_slots}, {format:?}, {fused:?}",
        kernel.name, instance.name
    );
    let shader = interface::Shader {
        kernel,
        instance,
        storages: interface::Storages::all(storage),
        shared_slots,
        formats: interface::Formats::all(format),
        fused,
    };
    let source = shader.source();
    let module = naga::front::wgsl::parse_str(&source)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
    let info = validator(kernel)
        .validate(&module)
        .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    Shader {
        name,
        instance,
        storage,
        shared_slots,
        description: shader,
        module,
        info,
    }
}

fn validator(kernel: &Kernel) -> Validator {
    let mut validator = Validator::new(ValidationFlags::all(), capabilities(kernel));
    if kernel.subgroups || kernel.matrix_units {
        validator
            .subgroup_stages(naga::valid::ShaderStages::COMPUTE)
            .subgroup_operations(naga::valid::SubgroupOperationSet::all());
    }
    validator
}

fn shaders() -> Vec<(&'static Kernel, Shader)> {
    let mut shaders = Vec::new();
    let kernels = KERNELS.iter().chain(ROOFLINE_KERNELS).chain(FRAME_KERNELS);
    for &kernel in kernels {
        for instance in kernel.instances {
            for storage in STORAGES {
                for shared_slots in [false, true] {
                    let formats = match shared_slots {
                        true => &[Format::F32][..],
                        // Shared slots and formats have nothing to do with each other.
                        false => &[Format::F32, Format::F16],
                    };
                    for &format in formats {
                        let fused = Fused::default();
                        let shader = shader(kernel, instance, storage, shared_slots, format, fused);
                        shaders.push((kernel, shader));
                    }
                }
            }
        }
    }
    for fused in expressions() {
        let carries = |kernel: &&Kernel| {
            (fused.epilogue.is_none() || kernel.fusion != Fusion::None)
                && (fused.prologue.is_none() || kernel.prologue)
                && (fused.between.is_none() || kernel.pair)
        };
        for &kernel in KERNELS.iter().filter(|kernel| carries(kernel)) {
            for storage in STORAGES {
                let fused = fused.clone();
                let (instance, format) = (&kernel.instances[0], Format::F32);
                let shader = shader(kernel, instance, storage, false, format, fused);
                shaders.push((kernel, shader));
            }
        }
    }
    shaders
}

/// All that a case computes around an operation.
fn expressions() -> Vec<Fused> {
    let mut found = Vec::new();
    for case in cases::all() {
        let planning = Planning::of_batch(case.batch);
        let program = Program::new(&case.graph, &DeviceProfile::WEBGPU, &planning).unwrap();
        for dispatch in program.dispatches() {
            let fused = &dispatch.fused;
            if *fused != Fused::default() && !found.contains(fused) {
                found.push(fused.clone());
            }
        }
    }
    assert!(found.len() > 10, "{found:?}");
    let both = |fused: &Fused| fused.prologue.is_some() && fused.epilogue.is_some();
    assert!(found.iter().any(both), "{found:?}");
    found
}
