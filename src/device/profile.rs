//! The limits and properties of a device that planning uses.

use std::fmt;

use super::class::DeviceClass;
use super::hardware::Hardware;
use super::matrix_sizes::MatrixSizes;
use super::storage::Storage;

/// Bytes of a texel: a `vec4<f32>` of a buffer, or a texel of `rgba32float`.
pub const QUAD_BYTES: u64 = 16;

/// Binary logarithm of [`TEXTURE_WIDTH`]. Every WebGPU implementation supports textures of 4096 texels in a row.
pub const TEXTURE_WIDTH_LOG2: u32 = 12;

/// Texels in a row of a texture that holds a tensor.
pub const TEXTURE_WIDTH: u32 = 1 << TEXTURE_WIDTH_LOG2;

/// The kind of hardware. It decides which kernels are fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeviceKind {
    /// A graphics processor.
    Gpu,
    /// A driver that runs shaders on the CPU: llvmpipe, SwiftShader, WARP.
    Software,
}

/// Limits and properties of a device that planning uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProfile {
    /// The kind of hardware.
    pub kind: DeviceKind,
    /// Where tensors are stored: inputs, outputs, parameters and what is read often. With textures, planning may place other
    /// values in buffers.
    pub storage: Storage,
    /// Whether a dispatch can read and write disjoint ranges of one slot, so that tensors that are alive at the
    /// same time can share it. This needs read-write bindings. Storage buffers support them everywhere; storage
    /// textures of `rgba32float` do not in WebGPU.
    pub shared_slots: bool,
    /// Lanes of a subgroup, if the size is fixed and shaders can use subgroups.
    pub subgroup_size: Option<u32>,
    /// The matrices that its matrix units multiply, if shaders can use them.
    pub matrix_sizes: MatrixSizes,
    /// The most bytes of a storage buffer binding.
    pub max_binding_bytes: u64,
    /// The most bytes of a buffer.
    pub max_buffer_bytes: u64,
    /// The most texels along a side of a texture.
    pub max_texture_side: u32,
    /// The most workgroups along an axis of a dispatch.
    pub max_workgroups: u32,
    /// The most invocations in a workgroup.
    pub max_invocations: u32,
    /// The most turns that the loops of an invocation can take, all together, if the driver has a limit. llvmpipe ends
    /// an invocation after 65,535 turns, and what it would have written later is missing.
    pub max_loop_turns: Option<usize>,
    /// The most storage buffers that a kernel can bind.
    pub max_storage_buffers: u32,
    /// The most storage textures that a kernel can bind.
    pub max_storage_textures: u32,
    /// Whether a binding of an `rgba32float` texture can be read-write.
    pub read_write_textures: bool,
    /// Alignment of the offset of a uniform binding in bytes.
    pub uniform_alignment: u32,
    /// What is known of the hardware's speed. `None` stands for any hardware of its kind.
    pub hardware: Option<Hardware>,
}

impl DeviceProfile {
    /// A graphics processor with the limits that every WebGPU implementation supports.
    pub const WEBGPU: Self = Self {
        kind: DeviceKind::Gpu,
        storage: Storage::Buffer,
        shared_slots: true,
        subgroup_size: None,
        matrix_sizes: MatrixSizes::NONE,
        max_binding_bytes: 128 << 20,
        max_buffer_bytes: 256 << 20,
        max_texture_side: 8192,
        max_workgroups: 65_535,
        max_invocations: 256,
        max_loop_turns: None,
        max_storage_buffers: 8,
        max_storage_textures: 4,
        read_write_textures: false,
        uniform_alignment: 256,
        hardware: None,
    };

    /// Returns the speed of the hardware, for predictions.
    pub fn hardware(&self) -> Hardware {
        let class = match self.kind {
            DeviceKind::Gpu => DeviceClass::Gpu,
            DeviceKind::Software => DeviceClass::Software,
        };
        self.hardware.unwrap_or(Hardware::of_class(class))
    }

    /// Returns the most bytes of a tensor.
    pub fn max_tensor_bytes(&self) -> u64 {
        match self.storage {
            Storage::Buffer => self.max_binding_bytes.min(self.max_buffer_bytes),
            // A texture may have one more row than its texels fill.
            Storage::Texture => {
                let rows = u64::from(self.max_texture_side.saturating_sub(1));
                rows * u64::from(TEXTURE_WIDTH) * QUAD_BYTES
            }
        }
    }

    /// Returns the most `vec4<f32>` of a tensor. Shaders index them by `u32`.
    pub fn max_quads(&self) -> usize {
        let quads = self.max_tensor_bytes() / QUAD_BYTES;
        quads.min(u64::from(u32::MAX)) as usize
    }

    /// Returns the most tensors that a kernel can bind: storage buffers or storage textures, depending on
    /// [`DeviceProfile::storage`].
    pub fn max_tensors(&self) -> u32 {
        match self.storage {
            Storage::Buffer => self.max_storage_buffers,
            Storage::Texture => self.max_storage_textures,
        }
    }
}

impl Default for DeviceProfile {
    fn default() -> Self {
        Self::WEBGPU
    }
}

impl fmt::Display for DeviceProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            DeviceKind::Gpu => "gpu",
            DeviceKind::Software => "software",
        };
        write!(f, "{kind}, tensors in {}", self.storage)?;
        if let Some(size) = self.subgroup_size {
            write!(f, ", subgroups of {size}")?;
        }
        match self.matrix_sizes.is_empty() {
            true => Ok(()),
            false => write!(f, ", matrix units of {}", self.matrix_sizes),
        }
    }
}
