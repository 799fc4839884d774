//! The requirements of a program on a device.

use crate::device::{DeviceProfile, MatrixSizes, Storage, TEXTURE_WIDTH};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Call, Format};

/// The requirements of a program. It runs on each device that meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Whether dispatches read and write the same slot.
    pub shared_slots: bool,
    /// Lanes of a subgroup, if a kernel exchanges values between lanes.
    pub subgroup_size: Option<u32>,
    /// The matrices that kernels multiply by matrix units.
    pub matrix_sizes: MatrixSizes,
    /// Bytes of the largest binding of a buffer.
    pub binding_bytes: u64,
    /// Bytes of the largest buffer.
    pub buffer_bytes: u64,
    /// Rows of the highest texture.
    pub texture_rows: u64,
    /// Workgroups along the longest axis of a dispatch.
    pub workgroups: u32,
    /// Invocations in the largest workgroup.
    pub invocations: u32,
    /// The largest number of storage buffers that a kernel binds.
    pub buffers: u32,
    /// The largest number of storage textures that a kernel binds.
    pub textures: u32,
    /// The alignment of uniform blocks in bytes.
    pub uniform_alignment: u32,
}

impl Needs {
    /// Returns the requirements of an empty program for a device.
    pub(super) fn none(profile: &DeviceProfile) -> Self {
        Self {
            shared_slots: false,
            subgroup_size: None,
            matrix_sizes: MatrixSizes::NONE,
            binding_bytes: 0,
            buffer_bytes: 0,
            texture_rows: 0,
            workgroups: 0,
            invocations: 0,
            buffers: 0,
            textures: 0,
            uniform_alignment: profile.uniform_alignment,
        }
    }

    /// Adds the requirements of a kernel call, whose bindings are in `storages`.
    pub(super) fn add(
        &mut self,
        call: &Call,
        storages: &[Storage],
        workgroups: [u32; 3],
        profile: &DeviceProfile,
    ) {
        if call.kernel.subgroups {
            self.subgroup_size = profile.subgroup_size;
        }
        if let Some(matrices) = call.kernel.matrices(call.instance) {
            self.matrix_sizes = self.matrix_sizes.and(matrices);
        }
        let textures = storages
            .iter()
            .filter(|&&storage| storage == Storage::Texture);
        let textures = textures.count() as u32;
        let buffers = storages.len() as u32 - textures + u32::from(call.watches_range());
        self.buffers = self.buffers.max(buffers);
        self.textures = self.textures.max(textures);
        self.invocations = self.invocations.max(call.instance.workgroup_size);
        self.workgroups = workgroups.into_iter().fold(self.workgroups, u32::max);
    }

    /// Adds a slot, or packed parameters, of `bytes` bytes.
    pub(super) fn add_slot(&mut self, storage: Storage, format: Format, bytes: u64) {
        match storage {
            Storage::Buffer => self.buffer_bytes = self.buffer_bytes.max(bytes),
            Storage::Texture => {
                // A texture may have one more row than its texels fill.
                let quads = format.quads(bytes) as u64;
                let rows = quads.div_ceil(u64::from(TEXTURE_WIDTH)) + 1;
                self.texture_rows = self.texture_rows.max(rows);
            }
        }
    }

    /// Adds a binding of `bytes` bytes. A texture is bound as a whole.
    pub(super) fn add_binding(&mut self, storage: Storage, bytes: u64) {
        if storage == Storage::Buffer {
            self.binding_bytes = self.binding_bytes.max(bytes);
        }
    }

    /// Checks that a device meets the requirements.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] for the first one that it does not meet.
    pub fn check(&self, profile: &DeviceProfile) -> Result<()> {
        let lacks = |what: String| Err(Error::new(ErrorKind::Limit, what));
        if let Some(needed) = self.subgroup_size
            && profile.subgroup_size != self.subgroup_size
        {
            let found = match profile.subgroup_size {
                Some(size) => size.to_string(),
                None => "none".to_owned(),
            };
            return lacks(format!("subgroups of {needed} are needed, found {found}"));
        }
        if !profile.matrix_sizes.contains_all(self.matrix_sizes) {
            let (needed, found) = (self.matrix_sizes, profile.matrix_sizes);
            return lacks(format!(
                "matrix units of {needed} are needed, found {found}"
            ));
        }
        if self.shared_slots && self.textures > 0 && !profile.read_write_textures {
            let what = "read-write storage textures are needed, and this device has none";
            return lacks(what.to_owned());
        }
        let width = match self.texture_rows {
            0 => 0,
            _ => u64::from(TEXTURE_WIDTH),
        };
        let side = u64::from(profile.max_texture_side);
        let limits = [
            (
                "bytes of a binding",
                self.binding_bytes,
                profile.max_binding_bytes,
            ),
            (
                "bytes of a buffer",
                self.buffer_bytes,
                profile.max_buffer_bytes,
            ),
            (
                "storage buffers of a kernel",
                u64::from(self.buffers),
                u64::from(profile.max_storage_buffers),
            ),
            ("rows of a texture", self.texture_rows, side),
            ("texels of a row", width, side),
            (
                "storage textures of a kernel",
                u64::from(self.textures),
                u64::from(profile.max_storage_textures),
            ),
            (
                "workgroups along an axis",
                u64::from(self.workgroups),
                u64::from(profile.max_workgroups),
            ),
            (
                "invocations of a workgroup",
                u64::from(self.invocations),
                u64::from(profile.max_invocations),
            ),
        ];
        for (what, needed, found) in limits {
            if needed > found {
                return lacks(format!("{needed} {what} are needed, found at most {found}"));
            }
        }
        let (needed, found) = (self.uniform_alignment, profile.uniform_alignment);
        if !needed.is_multiple_of(found) {
            return lacks(format!(
                "uniform blocks are aligned to {needed} bytes, and this device needs {found}"
            ));
        }
        Ok(())
    }
}
