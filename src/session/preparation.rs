//! How long preparing a session took.

use crate::timing::Interval;

/// How long preparing a session took, part by part, counted from the begin of [`Session::new`]. Compiling and
/// uploading go on side by side.
///
/// [`Session::new`]: super::Session::new
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// Checking the weights' names and shapes, and planning.
    pub plan: Interval,
    /// Compiling the kernels, as far as the driver does not put it off to the first run.
    pub compile: Interval,
    /// Reading, folding and packing the parameters and handing them to the queue.
    pub upload: Interval,
    /// All of it, buffers and bind groups included.
    pub whole: Interval,
}
