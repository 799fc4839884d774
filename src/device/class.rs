//! Whose processors a device has.

/// Whose processors a device has. They differ in registers, workgroup memory, and the cost of reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeviceClass {
    /// AMD: RDNA and GCN.
    Amd,
    /// NVIDIA.
    Nvidia,
    /// Intel Xe.
    Intel,
    /// Apple.
    Apple,
    /// GPUs of phones: Mali, Adreno and others.
    Mobile,
    /// A GPU of which nothing is known.
    Gpu,
    /// A driver that runs shaders on the CPU.
    Software,
}
