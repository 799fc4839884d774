//! Every shader, without a GPU: it is valid, every backend's language can say it, and host and shader
//! agree about what they share.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::cases;
use menagerie::device::{DeviceProfile, Storage};
use menagerie::frame::FRAME_KERNELS;
use menagerie::kernels::interface;
use menagerie::kernels::{Access, BindingKind, Fused, Fusion, Instance, KERNELS, Kernel};
use menagerie::profile::ROOFLINE_KERNELS;
use menagerie::program::{Planning, Program};
use naga::back::{glsl, hlsl, msl, spv, wgsl};
use naga::proc::{BoundsCheckPolicies, Layouter};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{
    AddressSpace, BinaryOperator, Expression, Module, ScalarKind, ShaderStage, StorageAccess,
    TypeInner,
};

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
    if kernel.subgroups {
        Capabilities::SUBGROUP
    } else {
        Capabilities::empty()
    }
}

fn shader(
    kernel: &'static Kernel,
    instance: &'static Instance,
    storage: Storage,
    shared_slots: bool,
    fused: Fused,
) -> Shader {
    let name = format!(
        "{} {} in {storage:?}, shared {shared_slots}, {fused:?}",
        kernel.name, instance.name
    );
    let shader = interface::Shader {
        kernel,
        instance,
        storage,
        shared_slots,
        formats: interface::Formats::default(),
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
    if kernel.subgroups {
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
                    let fused = Fused::default();
                    let shader = shader(kernel, instance, storage, shared_slots, fused);
                    shaders.push((kernel, shader));
                }
            }
        }
    }
    for fused in expressions() {
        let carries = |kernel: &&Kernel| {
            (fused.epilogue.is_none() || kernel.fusion != Fusion::None)
                && (fused.prologue.is_none() || kernel.prologue)
        };
        for &kernel in KERNELS.iter().filter(|kernel| carries(kernel)) {
            for storage in STORAGES {
                let fused = fused.clone();
                let shader = shader(kernel, &kernel.instances[0], storage, false, fused);
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

#[test]
fn translate_to_spirv_that_spirv_val_accepts() {
    for (_, shader) in shaders() {
        let options = spv::Options {
            lang_version: (1, 3),
            ..Default::default()
        };
        let words = spv::write_vec(&shader.module, &shader.info, &options, None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        let mut validator = Command::new("spirv-val")
            .args(["--target-env", "vulkan1.1", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("spirv-val, from Debian's spirv-tools");
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        validator.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = validator.wait_with_output().unwrap();
        let messages = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && messages.is_empty(),
            "{}: {messages}",
            shader.name
        );
    }
}

#[test]
fn translate_to_hlsl() {
    for (_, shader) in shaders() {
        let options = hlsl::Options {
            shader_model: hlsl::ShaderModel::V6_0,
            fake_missing_bindings: true,
            ..Default::default()
        };
        let pipeline = hlsl::PipelineOptions::default();
        let mut text = String::new();
        hlsl::Writer::new(&mut text, &options, &pipeline)
            .write(&shader.module, &shader.info, None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.contains("[numthreads("), "{}", shader.name);
    }
}

#[test]
fn translate_to_msl() {
    for (_, shader) in shaders() {
        let options = msl::Options {
            lang_version: (2, 4),
            fake_missing_bindings: true,
            ..Default::default()
        };
        let (text, _) = msl::write_string(
            &shader.module,
            &shader.info,
            &options,
            &msl::PipelineOptions::default(),
        )
        .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.contains("kernel void"), "{}", shader.name);
    }
}

#[test]
fn translate_to_glsl_es() {
    for (_, shader) in shaders() {
        let options = glsl::Options {
            version: glsl::Version::new_gles(310),
            writer_flags: glsl::WriterFlags::empty(),
            ..Default::default()
        };
        let pipeline = glsl::PipelineOptions {
            shader_stage: ShaderStage::Compute,
            entry_point: "main".into(),
            multiview: None,
        };
        let mut text = String::new();
        glsl::Writer::new(
            &mut text,
            &shader.module,
            &shader.info,
            &options,
            &pipeline,
            BoundsCheckPolicies::default(),
        )
        .and_then(|mut writer| writer.write())
        .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.starts_with("#version 310 es"), "{}", shader.name);
    }
}

#[test]
fn translate_to_wgsl_again() {
    for (kernel, shader) in shaders() {
        let text = wgsl::write_string(&shader.module, &shader.info, wgsl::WriterFlags::empty())
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        let module = naga::front::wgsl::parse_str(&text)
            .unwrap_or_else(|error| panic!("{}: {}", shader.name, error.emit_to_string(&text)));
        validator(kernel).validate(&module).unwrap();
    }
}

/// Fields of the uniform block lie where the host writes them.
#[test]
fn uniform_blocks_agree() {
    for (_, shader) in shaders() {
        let mut layouter = Layouter::default();
        layouter.update(shader.module.to_ctx()).unwrap();
        let (_, uniform) = shader
            .module
            .global_variables
            .iter()
            .find(|(_, variable)| variable.space == AddressSpace::Uniform)
            .unwrap();
        let TypeInner::Struct { members, span } = &shader.module.types[uniform.ty].inner else {
            panic!("{}: a uniform block is a struct", shader.name);
        };
        let found: Vec<(String, u32)> = members
            .iter()
            .map(|member| (member.name.clone().unwrap(), member.offset))
            .collect();
        let mut offset = 0;
        let expected: Vec<(String, u32)> = shader
            .description
            .uniform()
            .into_iter()
            .map(|(name, field)| {
                let place = offset;
                offset += field.bytes() as u32;
                (name.to_owned(), place)
            })
            .collect();
        assert_eq!(found, expected, "{}", shader.name);
        assert!(
            *span as usize <= shader.description.uniform_bytes(),
            "{}",
            shader.name
        );
    }
}

/// Bindings are where, and what, the host binds; the workgroup is as large as it counts on.
#[test]
fn bindings_agree() {
    for (_, shader) in shaders() {
        assert_eq!(shader.module.entry_points.len(), 1, "{}", shader.name);
        let entry = &shader.module.entry_points[0];
        assert_eq!(
            entry.workgroup_size,
            [shader.instance.workgroup_size, 1, 1],
            "{}",
            shader.name
        );
        for (index, binding) in shader.description.bindings().iter().enumerate() {
            let (_, variable) = shader
                .module
                .global_variables
                .iter()
                .find(|(_, variable)| variable.name.as_deref() == Some(binding.name))
                .unwrap_or_else(|| panic!("{}: {}", shader.name, binding.name));
            let place = variable.binding.unwrap();
            assert_eq!(
                (place.group, place.binding),
                (0, index as u32 + 1),
                "{}",
                shader.name
            );
            let access = match (&shader.module.types[variable.ty].inner, variable.space) {
                (
                    TypeInner::Image {
                        class: naga::ImageClass::Storage { access, .. },
                        ..
                    },
                    _,
                ) => *access,
                (
                    TypeInner::Image {
                        class: naga::ImageClass::Sampled { .. },
                        ..
                    },
                    _,
                ) => {
                    assert_eq!(binding.kind, BindingKind::Image, "{}", shader.name);
                    StorageAccess::LOAD
                }
                (_, AddressSpace::Storage { access }) => access,
                other => panic!("{}: {other:?}", shader.name),
            };
            let in_texture = match binding.kind {
                BindingKind::Tensor | BindingKind::Parameters => shader.storage == Storage::Texture,
                BindingKind::Canvas => true,
                _ => false,
            };
            let shared = shader.shared_slots && binding.kind == BindingKind::Tensor;
            let expected = match binding.access {
                _ if shared => StorageAccess::LOAD | StorageAccess::STORE,
                Access::Read => StorageAccess::LOAD,
                Access::Write if in_texture => StorageAccess::STORE,
                Access::Write => StorageAccess::LOAD | StorageAccess::STORE,
            };
            assert_eq!(access, expected, "{}: {}", shader.name, binding.name);
        }
    }
}

/// GLSL leaves `%` undefined where an operand is negative, so no shader takes it of signed numbers.
#[test]
fn remainders_are_unsigned() {
    for (_, shader) in shaders() {
        let entry = (
            &shader.module.entry_points[0].function,
            shader.info.get_entry_point(0),
        );
        let functions = shader.module.functions.iter();
        let functions = functions.map(|(handle, function)| (function, &shader.info[handle]));
        for (function, info) in functions.chain([entry]) {
            for (_, expression) in function.expressions.iter() {
                let Expression::Binary {
                    op: BinaryOperator::Modulo,
                    left,
                    ..
                } = *expression
                else {
                    continue;
                };
                let kind = info[left].ty.inner_with(&shader.module.types).scalar_kind();
                assert_eq!(
                    kind,
                    Some(ScalarKind::Uint),
                    "{}: {:?}",
                    shader.name,
                    function.name
                );
            }
        }
    }
}
