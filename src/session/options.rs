//! How a session is built.

use super::ShaderChecks;
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
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            batch: 1,
            shader_checks: ShaderChecks::Trusted,
            scratch: None,
        }
    }
}
