//! The requirements of a program on a device.

use crate::device::{DeviceProfile, MatrixSizes, Storage, TEXTURE_WIDTH};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Call;

/// The requirements of a program. It runs on each device that meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Where tensors are stored.
    pub storage: Storage,
    /// Whether dispatches read and write the same slot.
    pub shared_slots: bool,
    /// Lanes of a subgroup, if a kernel exchanges values between lanes.
    pub subgroup_size: Option<u32>,
    /// The matrices that kernels multiply by matrix units.
    pub matrix_sizes: MatrixSizes,
    /// Bytes of the largest binding.
    pub binding_bytes: u64,
    /// Bytes of the largest slot.
    pub slot_bytes: u64,
    /// Quads of the largest slot.
    pub slot_quads: u64,
    /// Workgroups along the longest axis of a dispatch.
    pub workgroups: u32,
    /// Invocations in the largest workgroup.
    pub invocations: u32,
    /// The largest number of tensors and packed parameters that a kernel binds.
    pub tensors: u32,
    /// The alignment of uniform blocks in bytes.
    pub uniform_alignment: u32,
}

impl Needs {
    /// Returns the requirements of an empty program for a device.
    pub(super) fn none(profile: &DeviceProfile) -> Self {
        Self {
            storage: profile.storage,
            shared_slots: false,
            subgroup_size: None,
            matrix_sizes: MatrixSizes::NONE,
            binding_bytes: 0,
            slot_bytes: 0,
            slot_quads: 0,
            workgroups: 0,
            invocations: 0,
            tensors: 0,
            uniform_alignment: profile.uniform_alignment,
        }
    }

    /// Adds the requirements of a kernel call.
    pub(super) fn add(&mut self, call: &Call, workgroups: [u32; 3], profile: &DeviceProfile) {
        if call.kernel.subgroups {
            self.subgroup_size = profile.subgroup_size;
        }
        if let Some(matrices) = call.kernel.matrices(call.instance) {
            self.matrix_sizes = self.matrix_sizes.and(matrices);
        }
        let watch = u32::from(call.watches_range() && profile.storage == Storage::Buffer);
        self.tensors = self.tensors.max(call.bound.len() as u32 + watch);
        self.invocations = self.invocations.max(call.instance.workgroup_size);
        self.workgroups = workgroups.into_iter().fold(self.workgroups, u32::max);
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
        if self.shared_slots && self.storage == Storage::Texture && !profile.read_write_textures {
            let what = "read-write storage textures are needed, and this device has none";
            return lacks(what.to_owned());
        }
        // A texture may have one more row than its texels fill.
        let rows = self.slot_quads.div_ceil(u64::from(TEXTURE_WIDTH)) + 1;
        let in_storage = match self.storage {
            Storage::Buffer => [
                (
                    "bytes of a binding",
                    self.binding_bytes,
                    profile.max_binding_bytes,
                ),
                (
                    "bytes of a buffer",
                    self.slot_bytes,
                    profile.max_buffer_bytes,
                ),
                (
                    "storage buffers of a kernel",
                    u64::from(self.tensors),
                    u64::from(profile.max_storage_buffers),
                ),
            ],
            Storage::Texture => {
                let side = u64::from(profile.max_texture_side);
                [
                    ("rows of a texture", rows, side),
                    ("texels of a row", u64::from(TEXTURE_WIDTH), side),
                    (
                        "storage textures of a kernel",
                        u64::from(self.tensors),
                        u64::from(profile.max_storage_textures),
                    ),
                ]
            }
        };
        let everywhere = [
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
        for (what, needed, found) in in_storage.into_iter().chain(everywhere) {
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
