//! The declarations in front of every shader: its constants, its uniform block and its tensors,
//! written from the [`Kernel`] that the host works from.

use std::fmt::Write;

use super::{Access, Kernel};
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
/// counts `vec4<f32>`.
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
        let name = binding.name;
        let slot = index + 1;
        let _ = match (storage, binding.access) {
            (Storage::Buffer, Access::Read) => write!(
                text,
                "@group(0) @binding({slot}) var<storage, read> {name}: array<vec4<f32>>;\n\
                 fn read_{name}(index: u32) -> vec4<f32> {{ return {name}[index]; }}\n"
            ),
            (Storage::Buffer, Access::Write) => write!(
                text,
                "@group(0) @binding({slot}) var<storage, read_write> {name}: array<vec4<f32>>;\n\
                 fn write_{name}(index: u32, value: vec4<f32>) {{ {name}[index] = value; }}\n"
            ),
            (Storage::Texture, Access::Read) => write!(
                text,
                "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba32float, read>;\n\
                 fn read_{name}(index: u32) -> vec4<f32> {{ return textureLoad({name}, texel(index)); }}\n"
            ),
            (Storage::Texture, Access::Write) => write!(
                text,
                "@group(0) @binding({slot}) var {name}: texture_storage_2d<rgba32float, write>;\n\
                 fn write_{name}(index: u32, value: vec4<f32>) {{ textureStore({name}, texel(index), value); }}\n"
            ),
        };
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
