//! What planning needs to know of a device, as plain data: nothing here touches one.

use std::fmt;

/// Bytes of a quad: one `vec4<f32>` of a buffer, or one texel of an `rgba32float` texture.
pub const QUAD_BYTES: u64 = 16;

/// Texels in a row of a texture that holds a tensor, as a power of two: 4096, which every WebGPU
/// implementation allows.
pub const TEXTURE_WIDTH_LOG2: u32 = 12;

/// Texels in a row of a texture that holds a tensor.
pub const TEXTURE_WIDTH: u32 = 1 << TEXTURE_WIDTH_LOG2;

/// The hardware's way of working, which decides what is fast on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// A graphics processor.
    Gpu,
    /// A driver that runs shaders on the CPU: llvmpipe, SwiftShader, WARP.
    Software,
}

/// Where tensors live on the device. Shaders are the same for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Storage {
    /// Storage buffers of `vec4<f32>`.
    Buffer,
    /// Storage textures of `rgba32float`. llvmpipe reads one texel in each of eight lanes in 8 ns
    /// and one `vec4<f32>` of a buffer in 45 ns (docs/performance.md).
    Texture,
}

/// Limits and properties of a device that plans depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProfile {
    /// The hardware's way of working.
    pub kind: DeviceKind,
    /// Where tensors live.
    pub storage: Storage,
    /// Whether a dispatch can read and write one slot, at places that do not overlap, so that tensors which
    /// are alive together can share it. It takes bindings that are read and written: storage buffers can be
    /// so everywhere, storage textures of `rgba32float` not in WebGPU.
    pub shared_slots: bool,
    /// Lanes of a subgroup, where the device always has that many and shaders can use subgroups.
    pub subgroup_size: Option<u32>,
    /// Bytes that one storage buffer binding can cover.
    pub max_binding_bytes: u64,
    /// Bytes that one buffer can have.
    pub max_buffer_bytes: u64,
    /// Texels along each side of a texture.
    pub max_texture_side: u32,
    /// Workgroups along each axis of a dispatch.
    pub max_workgroups: u32,
    /// Invocations in a workgroup.
    pub max_invocations: u32,
    /// Storage buffers that one kernel can bind.
    pub max_storage_buffers: u32,
    /// Storage textures that one kernel can bind.
    pub max_storage_textures: u32,
    /// Whether one binding of a texture of `rgba32float` can be read and written.
    pub read_write_textures: bool,
    /// Alignment of a uniform binding's offset in bytes.
    pub uniform_alignment: u32,
}

impl DeviceProfile {
    /// A graphics processor with the limits that every WebGPU implementation has.
    pub const WEBGPU: Self = Self {
        kind: DeviceKind::Gpu,
        storage: Storage::Buffer,
        shared_slots: true,
        subgroup_size: None,
        max_binding_bytes: 128 << 20,
        max_buffer_bytes: 256 << 20,
        max_texture_side: 8192,
        max_workgroups: 65_535,
        max_invocations: 256,
        max_storage_buffers: 8,
        max_storage_textures: 4,
        read_write_textures: false,
        uniform_alignment: 256,
    };

    /// Bytes that one slot can have.
    pub fn max_slot_bytes(&self) -> u64 {
        match self.storage {
            Storage::Buffer => self.max_buffer_bytes,
            Storage::Texture => self.max_tensor_bytes(),
        }
    }

    /// Bytes that one tensor can have.
    pub fn max_tensor_bytes(&self) -> u64 {
        match self.storage {
            Storage::Buffer => self.max_binding_bytes.min(self.max_buffer_bytes),
            // A texture may have a row more than its texels fill.
            Storage::Texture => {
                let rows = u64::from(self.max_texture_side.saturating_sub(1));
                rows * u64::from(TEXTURE_WIDTH) * QUAD_BYTES
            }
        }
    }

    /// Most quads (`vec4<f32>`) that one tensor can have. Shaders index them by `u32`.
    pub fn max_quads(&self) -> usize {
        let quads = self.max_tensor_bytes() / QUAD_BYTES;
        quads.min(u64::from(u32::MAX)) as usize
    }

    /// Storage buffers or textures, whichever hold tensors, that one kernel can bind.
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

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Storage::Buffer => "buffers",
            Storage::Texture => "textures",
        })
    }
}

impl fmt::Display for DeviceProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            DeviceKind::Gpu => "gpu",
            DeviceKind::Software => "software",
        };
        write!(f, "{kind}, tensors in {}", self.storage)?;
        match self.subgroup_size {
            Some(size) => write!(f, ", subgroups of {size}"),
            None => Ok(()),
        }
    }
}
