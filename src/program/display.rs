//! Programs as text: one line for each dispatch, then the totals.

use std::fmt;

use super::{Dispatch, Precision, Program};
use crate::device::Storage;
use crate::kernels::{Place, Resource};

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, batch {}, {}for {}",
            self.name(),
            self.batch(),
            match self.precision() {
                Precision::F32 => String::new(),
                other => format!("{other}{}, ", self.remark()),
            },
            self.profile()
        )?;
        let width = |text: fn(&Dispatch) -> &str| {
            self.dispatches()
                .iter()
                .map(|dispatch| text(dispatch).len())
                .max()
                .unwrap_or(0)
        };
        let (node, operation) = (width(|d| &d.node), width(|d| &d.operation));
        let kernel = width(|d| d.kernel.name);
        for (index, dispatch) in self.dispatches().iter().enumerate() {
            let [x, y, z] = dispatch.workgroups;
            writeln!(
                f,
                "{index:4}  {:node$}  {:operation$}  {:kernel$}  {:>9}  {}",
                dispatch.node,
                dispatch.operation,
                dispatch.kernel.name,
                format!("{x}x{y}x{z}"),
                Slots(dispatch),
            )?;
        }
        writeln!(
            f,
            "{} dispatches of {} kernels",
            self.dispatches().len(),
            self.kernels().len()
        )?;
        writeln!(
            f,
            "activations {} bytes in {}; at least {} bytes by liveness",
            self.activation_bytes(),
            self.counted_slots(),
            self.lower_bound_bytes()
        )?;
        write!(f, "weights {} bytes", self.weight_bytes())
    }
}

impl Program {
    /// The number of slots, and of which kinds they are if they are of both.
    fn counted_slots(&self) -> String {
        let storages = self.slot_storages();
        let textures = storages
            .iter()
            .filter(|&&storage| storage == Storage::Texture);
        match (textures.count(), storages.len()) {
            (textures, slots) if 0 < textures && textures < slots => {
                format!(
                    "{slots} slots (buffers: {}, textures: {textures})",
                    slots - textures
                )
            }
            (_, slots) => format!("{slots} slots"),
        }
    }
}

/// The slots that a dispatch reads, and the one it writes. An offset in quads follows if it is not 0:
/// `0,0+12544>1`.
struct Slots<'a>(&'a Dispatch);

impl fmt::Display for Slots<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places: Vec<String> = self
            .0
            .resources
            .iter()
            .enumerate()
            .map(|(index, resource)| (resource, self.0.formats.get(index)))
            .filter_map(|(resource, format)| match resource {
                Resource::Activations(Place { slot, begin: 0, .. }) => Some(format!("{slot}")),
                Resource::Activations(Place { slot, begin, .. }) => {
                    Some(format!("{slot}+{}", format.quads(*begin)))
                }
                Resource::Parameters(_) | Resource::Nothing => None,
            })
            .collect();
        // The last tensor that a kernel binds is the one it writes.
        let written = places.pop();
        let read = places;
        match written {
            Some(written) => write!(f, "{}>{written}", read.join(",")),
            None => Ok(()),
        }
    }
}
