//! The work of a kernel for an operation. The choice between kernels depends on it if nothing was measured.

use super::Instance;
use super::site::Site;

/// The work of a kernel for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Floating-point operations, including those with zeros between merged groups.
    pub flops: u64,
    /// Number of workgroups, which a device can run in parallel.
    pub workgroups: usize,
    /// Number of quads of K that each invocation adds up sequentially.
    pub depth: usize,
    /// Whether the result has fewer pixels than one workgroup can compute.
    pub is_underfull: bool,
    /// How the invocations of a workgroup cooperate.
    pub cooperation: Cooperation,
}

/// How the invocations of a workgroup cooperate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cooperation {
    /// Not at all: each keeps its values in registers.
    Alone,
    /// They exchange the values that they read between the lanes of a subgroup.
    Lanes,
    /// They stage inputs in workgroup memory.
    Staging,
    /// They split each sum along K, and add up the partial sums at the end.
    Sums,
}

impl Work {
    /// The work of a kernel that is the only one for its operation, so that no choice depends on it.
    #[doc(hidden)]
    pub fn only(site: &Site<'_>) -> Self {
        Self::alone(site, 1)
    }

    /// The work of a kernel whose invocations share each of `results` sums of `terms` terms: a workgroup for each sum.
    #[doc(hidden)]
    pub fn shared(site: &Site<'_>, instance: &Instance, results: usize, terms: usize) -> Self {
        Self {
            depth: terms / instance.workgroup_size as usize,
            cooperation: Cooperation::Sums,
            ..Self::alone(site, results)
        }
    }

    /// The work of a kernel whose invocations do not cooperate and that computes no more than the operation needs.
    #[doc(hidden)]
    pub fn alone(site: &Site<'_>, workgroups: usize) -> Self {
        Self {
            flops: site.flops(),
            workgroups,
            depth: 1,
            is_underfull: false,
            cooperation: Cooperation::Alone,
        }
    }
}
