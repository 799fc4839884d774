//! Options of a session.

use super::ShaderChecks;
use super::scratch::Scratch;

/// Options of a session.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Most images of one run.
    pub batch: usize,
    /// Whether shaders check their memory accesses.
    pub shader_checks: ShaderChecks,
    /// Memory for activations that is shared with other sessions. Such sessions must not run at the same time. By default
    /// `None`.
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
