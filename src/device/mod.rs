//! The properties of a device that planning needs, as plain data. Nothing here accesses a device.

mod class;
mod hardware;
mod matrix_sizes;
mod named;
mod processor;
mod profile;
mod storage;

pub use class::DeviceClass;
pub use hardware::Hardware;
pub use matrix_sizes::MatrixSizes;
pub use named::NamedDevice;
pub(crate) use processor::Processor;
pub use profile::{DeviceKind, DeviceProfile, QUAD_BYTES, TEXTURE_WIDTH, TEXTURE_WIDTH_LOG2};
pub use storage::Storage;
