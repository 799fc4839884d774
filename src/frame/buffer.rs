//! Copies between an application's buffers and a session's tensors, on the device.

use super::buffer_layout::BufferLayout;
use super::dispatch::{Compiled, record};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::interface::Formats;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, BindingKind, Kernel, numbers, read, write};
use crate::session::{BoundCall, Input, Output, Port};

const UNIFORM: &[(&str, Field)] = &[
    ("tensor", Field::View),
    ("image_stride", Field::Word),
    ("pixel_stride", Field::Word),
    ("channel_stride", Field::Word),
    ("channels", Field::Word),
    ("items", Field::Word),
];

/// Copies an application's buffer to a tensor.
pub static FROM_BUFFER: Kernel = Kernel {
    name: "from_buffer",
    shader: &[include_str!("../../shaders/frame/from_buffer.wgsl")],
    uniform: UNIFORM,
    bindings: &[numbers("input", Access::Read), write("output")],
    ..Kernel::COMMON
};

/// Copies a tensor to an application's buffer.
pub static TO_BUFFER: Kernel = Kernel {
    name: "to_buffer",
    shader: &[include_str!("../../shaders/frame/to_buffer.wgsl")],
    uniform: UNIFORM,
    bindings: &[read("input"), numbers("output", Access::Write)],
    ..Kernel::COMMON
};

/// Copies the whole batch of an input from a buffer of the application. The buffer holds the network's input, already
/// normalised.
pub struct BufferInput {
    call: BoundCall,
}

/// Copies the whole batch of an output to a buffer of the application.
pub struct BufferOutput {
    call: BoundCall,
}

impl BufferInput {
    /// Prepares the copy from `buffer`, which holds the input at byte `offset`. The input has [`BufferLayout::bytes`] bytes
    /// for its [shape](Port::shape) and the session's batch. The buffer must belong to the session's device and have the
    /// usage `STORAGE`. The offset must be a multiple of the device's `min_storage_buffer_offset_alignment`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the buffer does not meet these conditions. [`ErrorKind::Limit`] if the input is longer
    /// than a binding may be. [`ErrorKind::Device`] if the device refuses the buffer, for example one of another device.
    pub async fn new_async<'a>(
        input: impl Into<Input<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        let input = input.into();
        let call = call(&FROM_BUFFER, &input, buffer, offset, layout).await?;
        Ok(Self { call })
    }

    /// Records the copy as one compute pass. Call it before the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "input", [&self.call]);
    }
}

impl BufferOutput {
    /// Prepares the copy to `buffer`, which gets the output at byte `offset`. The output has [`BufferLayout::bytes`] bytes
    /// for its [shape](Port::shape) and the session's batch. The buffer must meet the conditions of
    /// [`BufferInput::new_async`].
    ///
    /// # Errors
    /// As [`BufferInput::new_async`].
    pub async fn new_async<'a>(
        output: impl Into<Output<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        let output = output.into();
        let call = call(&TO_BUFFER, &output, buffer, offset, layout).await?;
        Ok(Self { call })
    }

    /// Records the copy as one compute pass. Call it after the session's run is recorded.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "answer", [&self.call]);
    }
}

/// The dispatch of `kernel` that copies between the tensor of `port` and a buffer.
async fn call(
    kernel: &'static Kernel,
    port: &Port<'_>,
    buffer: &wgpu::Buffer,
    offset: u64,
    layout: BufferLayout,
) -> Result<BoundCall> {
    let (session, view) = (port.session(), port.view());
    let (gpu, batch) = (session.gpu(), session.program().batch());
    let bytes = layout.bytes(view.shape, batch);
    check(gpu.device(), buffer, offset, bytes)?;
    let strides = layout.strides(view.shape);
    let items = batch * view.shape.pixels() * view.quads();
    let values = [
        Value::View(view, batch),
        Value::Word(strides.image),
        Value::Word(strides.pixel),
        Value::Word(strides.channel),
        Value::Word(strides.channels),
        Value::Word(items),
    ];
    let mut bindings = kernel.bindings.iter();
    let tensor = bindings.find(|binding| binding.kind == BindingKind::Tensor);
    let formats = Formats::with(kernel, tensor.map_or("", |tensor| tensor.name), view.format);
    let compiled = Compiled::with(gpu, kernel, formats).await?;
    let bound = gpu.accepted("the buffer", || {
        let numbers = wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer,
            offset,
            size: std::num::NonZero::new(bytes),
        });
        // Both kernels read their first binding and write their second.
        let resources = match kernel.bindings[0].kind {
            BindingKind::Numbers => vec![numbers, session.binding(view)],
            _ => vec![session.binding(view), numbers],
        };
        compiled.call(gpu, &values, resources, items)
    });
    bound.await
}

fn check(device: &wgpu::Device, buffer: &wgpu::Buffer, offset: u64, bytes: u64) -> Result<()> {
    let limits = device.limits();
    let alignment = u64::from(limits.min_storage_buffer_offset_alignment);
    let most = limits.max_storage_buffer_binding_size;
    let refused = |message| Err(Error::new(ErrorKind::Input, message));
    if !buffer.usage().contains(wgpu::BufferUsages::STORAGE) {
        return refused(format!(
            "a network's buffer needs the usage STORAGE, found {:?}",
            buffer.usage()
        ));
    }
    if !offset.is_multiple_of(alignment) {
        return refused(format!(
            "a place in a buffer is a multiple of {alignment} bytes, found {offset}"
        ));
    }
    if bytes > most {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("a binding of {bytes} bytes does not fit: this device allows {most}"),
        ));
    }
    match offset.checked_add(bytes) {
        Some(end) if end <= buffer.size() => Ok(()),
        _ => refused(format!(
            "{bytes} bytes from byte {offset} on do not fit into a buffer of {}",
            buffer.size()
        )),
    }
}
