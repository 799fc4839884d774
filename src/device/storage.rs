//! What holds a tensor.

use std::fmt;

/// A resource that holds a tensor. Shaders are the same for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Storage {
    /// Storage buffers of `vec4<f32>`.
    Buffer,
    /// Storage textures of `rgba32float`. On llvmpipe, eight lanes read one texel each in 8 ns, and one `vec4<f32>`
    /// of a buffer each in 30 to 46 ns. They write them in 140 and in 20 ns (docs/performance.md).
    Texture,
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Storage::Buffer => "buffers",
            Storage::Texture => "textures",
        })
    }
}
