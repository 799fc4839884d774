//! Options of a session.

use super::ShaderChecks;
use super::scratch::Scratch;
use crate::program::{Planning, Precision};

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
    /// The precision of weights and activations. By default f32. A session of a [`Program`](crate::program::Program) has that
    /// of its program.
    pub precision: Precision,
    /// Names of layers or modules whose parameters and results stay in f32. By default none; see
    /// [`kept_in`](crate::program::kept_in).
    pub keep_f32: Vec<String>,
    /// Whether inputs and results beyond the range of the precision are clamped to it. By default they are errors.
    pub clamp: bool,
}

impl SessionOptions {
    /// How a graph is planned with these options, without a tuning.
    pub(crate) fn planning(&self) -> Planning {
        Planning::of_batch(self.batch)
            .precision(self.precision)
            .keep_f32(&self.keep_f32)
    }
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            batch: 1,
            shader_checks: ShaderChecks::Trusted,
            scratch: None,
            precision: Precision::F32,
            keep_f32: Vec::new(),
            clamp: false,
        }
    }
}
