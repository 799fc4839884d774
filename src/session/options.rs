//! How a session is built.

use super::scratch::Scratch;

/// How a session is built.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The most images that go through at once.
    pub batch: usize,
    /// What guards the shaders' accesses to memory.
    pub shader_checks: ShaderChecks,
    /// Memory to share with other sessions, which then take turns; by default none.
    pub scratch: Option<Scratch>,
    /// Length of the guards around tensors, in `vec4<f32>`; see [`Session::probe`](super::Session::probe).
    #[doc(hidden)]
    pub guard: usize,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            batch: 1,
            shader_checks: ShaderChecks::Trusted,
            scratch: None,
            guard: 0,
        }
    }
}

/// What guards the shaders' accesses to memory. The answer is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShaderChecks {
    /// Nothing at run time: the plan has every access inside its tensor.
    Trusted,
    /// Bounds checks and loop limits in every shader: slower, for finding defects.
    Checked,
}
