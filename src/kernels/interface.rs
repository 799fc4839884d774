//! The declarations in front of every shader: its constants, its uniform block and its tensors,
//! written from the [`Kernel`] that the host works from.

use std::fmt::Write;

use super::{Access, Binding, BindingKind, Kernel};
use crate::device::{Storage, TEXTURE_WIDTH, TEXTURE_WIDTH_LOG2};

/// What every shader begins with: structs, and the way around a tensor.
const PRELUDE: &str = include_str!("../../shaders/prelude.wgsl");

/// The whole text of `kernel`'s shader for tensors in `storage`, whose slots it may both read and write where they
/// are `shared`.
///
/// A tensor `x` is read by `read_x(index)` and written by `write_x(index, value)`, where the index
/// counts `vec4<f32>`; other kinds of bindings likewise, see [`BindingKind`].
pub fn source(kernel: &Kernel, storage: Storage, shared: bool) -> String {
    let mut text = String::from(PRELUDE);
    let _ = writeln!(text, "const WORKGROUP_SIZE = {}u;", kernel.workgroup_size);
    for (name, value) in kernel.constants {
        let _ = writeln!(text, "const {name} = {value}u;");
    }
    text.push_str("struct Uniforms {\n");
    for (name, field) in kernel.uniform {
        let _ = writeln!(text, "    {name}: {},", field.wgsl_type());
    }
    text.push_str("}\n@group(0) @binding(0) var<uniform> uniforms: Uniforms;\n");
    for (index, binding) in kernel.bindings.iter().enumerate() {
        text.push_str(&declaration(index + 1, binding, storage, shared));
    }
    if storage == Storage::Texture {
        let _ = writeln!(
            text,
            "fn texel(index: u32) -> vec2<u32> {{ return vec2<u32>(index & {}u, index >> {TEXTURE_WIDTH_LOG2}u); }}",
            TEXTURE_WIDTH - 1
        );
    }
    text.push_str(kernel.body);
    text
}

/// The variable for `binding` at `slot`, and the function that reads or writes it.
fn declaration(slot: usize, binding: &Binding, storage: Storage, shared: bool) -> String {
    let name = binding.name;
    let shared = shared && binding.kind == BindingKind::Tensor;
    let buffer = |element: &str| {
        let access = match (binding.access, shared) {
            (Access::Read, false) => "read",
            (Access::Read, true) | (Access::Write, _) => "read_write",
        };
        let function = match binding.access {
            Access::Read => {
                format!("fn read_{name}(index: u32) -> {element} {{ return {name}[index]; }}")
            }
            Access::Write => format!(
                "fn write_{name}(index: u32, value: {element}) {{ {name}[index] = value; }}"
            ),
        };
        format!(
            "@group(0) @binding({slot}) var<storage, {access}> {name}: array<{element}>;\n{function}\n"
        )
    };
    let texture = || {
        let access = match (binding.access, shared) {
            (_, true) => "read_write",
            (Access::Read, false) => "read",
            (Access::Write, false) => "write",
        };
        let function = match binding.access {
            Access::Read => format!(
                "fn read_{name}(index: u32) -> vec4<f32> {{ return textureLoad({name}, texel(index)); }}"
            ),
            Access::Write => format!(
                "fn write_{name}(index: u32, value: vec4<f32>) {{ textureStore({name}, texel(index), value); }}"
            ),
        };
        format!(
            "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba32float, {access}>;\n{function}\n"
        )
    };
    match (binding.kind, storage) {
        (BindingKind::Tensor | BindingKind::Parameters, Storage::Buffer) => buffer("vec4<f32>"),
        (BindingKind::Tensor | BindingKind::Parameters, Storage::Texture) => texture(),
        (BindingKind::Numbers, ..) => buffer("f32"),
        (BindingKind::Integers, ..) => buffer("i32"),
        (BindingKind::Canvas, ..) => format!(
            "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba8unorm, write>;\n\
             fn write_{name}(place: vec2<u32>, colour: vec4<f32>) {{ textureStore({name}, place, colour); }}\n"
        ),
        (BindingKind::Image, ..) => format!(
            "@group(0) @binding({slot}) var {name}: texture_2d<f32>;\n\
             fn read_{name}(place: vec2<u32>) -> vec4<f32> {{ return textureLoad({name}, place, 0); }}\n"
        ),
    }
}
