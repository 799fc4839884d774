//! The properties of a device that planning needs, as plain data. Nothing here accesses a device.

mod hardware;
mod named;
mod processor;
mod profile;

pub use hardware::{DeviceClass, Hardware};
pub use named::NamedDevice;
pub(crate) use processor::Processor;
pub use profile::{
    DeviceKind, DeviceProfile, QUAD_BYTES, Storage, TEXTURE_WIDTH, TEXTURE_WIDTH_LOG2,
};
