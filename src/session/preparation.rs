//! The times of the preparation of a session.

use crate::timing::Interval;

/// The times of the parts of a session's preparation, counted from the beginning of [`Session::new`]. Compiling and
/// uploading overlap.
///
/// [`Session::new`]: super::Session::new
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// Checking names and shapes of the weights, and planning.
    pub plan: Interval,
    /// Compiling the kernels. Some drivers compile at the first run instead.
    pub compile: Interval,
    /// Reading, folding and packing the parameters, and submitting them to the queue.
    pub upload: Interval,
    /// The whole preparation, including buffers and bind groups.
    pub whole: Interval,
}
