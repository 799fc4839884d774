//! What a kernel makes of an operation: what the choice between kernels goes by where nothing was measured.

use super::site::Site;

/// What a kernel takes for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Floating-point operations, those with zeros that the kernel puts between channels which do not see each other
    /// included.
    pub flops: u64,
    /// Workgroups, which a device can run side by side.
    pub workgroups: usize,
    /// How many quads of a sum each invocation adds up one behind the other.
    pub depth: usize,
    /// Whether there is less to make than one workgroup's share.
    pub is_underfull: bool,
    /// What the invocations of a workgroup do for each other.
    pub cooperation: Cooperation,
}

/// What the invocations of a workgroup do for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cooperation {
    /// Nothing: each keeps what it computes with in its registers.
    Alone,
    /// They hand what they read around the lanes of a subgroup.
    Lanes,
    /// They stage what they read in workgroup memory.
    Staging,
    /// They share out each sum, and add up its parts at the end.
    Sums,
}

impl Work {
    /// Of a kernel that is the only one of its operation: nothing is chosen by it.
    pub fn unrivalled(site: &Site<'_>) -> Self {
        Self::alone(site, 1)
    }

    /// Of a kernel whose invocations do nothing for each other, and of no more than the operation takes.
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
