//! The declarations in front of every shader: its constants, its uniform block and its tensors,
//! written from the [`Kernel`] that the host works from.

use std::fmt::Write;

use super::{Access, Binding, BindingKind, Kernel};
use crate::plan::Storage;

/// Texels in a row of a texture that holds a tensor, as a power of two: 4096, which every WebGPU
/// implementation allows.
pub const TEXTURE_WIDTH_LOG2: u32 = 12;

/// Texels in a row of a texture that holds a tensor.
pub const TEXTURE_WIDTH: u32 = 1 << TEXTURE_WIDTH_LOG2;

/// What every shader begins with: structs, and the way around a tensor.
const PRELUDE: &str = include_str!("../../shaders/prelude.wgsl");

/// The whole text of `kernel`'s shader for tensors in `storage`.
///
/// A tensor `x` is read by `read_x(index)` and written by `write_x(index, value)`, where the index
/// counts `vec4<f32>`; other kinds of bindings likewise, see [`BindingKind`].
pub fn source(kernel: &Kernel, storage: Storage) -> String {
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
        text.push_str(&declaration(index + 1, binding, storage));
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
fn declaration(slot: usize, binding: &Binding, storage: Storage) -> String {
    let name = binding.name;
    let buffer = |element: &str| match binding.access {
        Access::Read => format!(
            "@group(0) @binding({slot}) var<storage, read> {name}: array<{element}>;\n\
             fn read_{name}(index: u32) -> {element} {{ return {name}[index]; }}\n"
        ),
        Access::Write => format!(
            "@group(0) @binding({slot}) var<storage, read_write> {name}: array<{element}>;\n\
             fn write_{name}(index: u32, value: {element}) {{ {name}[index] = value; }}\n"
        ),
    };
    match (binding.kind, storage, binding.access) {
        (BindingKind::Tensor, Storage::Buffer, _) => buffer("vec4<f32>"),
        (BindingKind::Tensor, Storage::Texture, Access::Read) => format!(
            "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba32float, read>;\n\
             fn read_{name}(index: u32) -> vec4<f32> {{ return textureLoad({name}, texel(index)); }}\n"
        ),
        (BindingKind::Tensor, Storage::Texture, Access::Write) => format!(
            "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba32float, write>;\n\
             fn write_{name}(index: u32, value: vec4<f32>) {{ textureStore({name}, texel(index), value); }}\n"
        ),
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
