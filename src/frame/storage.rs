//! Storage buffers for the kernels of this folder.

use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, Gpu};

/// A storage buffer for `numbers` numbers of 4 bytes.
///
/// # Errors
/// [`ErrorKind::Limit`] if it is longer than a binding may be. [`ErrorKind::OutOfMemory`] if the device has too little
/// memory.
pub fn empty(gpu: &Gpu, label: &str, numbers: usize) -> Result<DeviceBuffer> {
    let size = 4 * numbers.max(1) as u64;
    let most = gpu.device().limits().max_storage_buffer_binding_size;
    if size > most {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("{label}: a binding of {size} bytes does not fit: this device allows {most}"),
        ));
    }
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
    gpu.buffer(label, size, usage)
}

/// A storage buffer that holds `numbers`.
///
/// # Errors
/// As [`empty`].
pub fn filled<T: bytemuck::NoUninit>(
    gpu: &Gpu,
    label: &str,
    numbers: &[T],
) -> Result<DeviceBuffer> {
    let buffer = empty(gpu, label, numbers.len())?;
    gpu.queue()
        .write_buffer(&buffer, 0, bytemuck::cast_slice(numbers));
    Ok(buffer)
}
