//! Between an application's buffers and a session's tensors, on the device.

use super::buffer_layout::BufferLayout;
use super::dispatch::{Compiled, record};
use crate::error::{Error, ErrorKind, Result};
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

/// From an application's buffer to a tensor.
pub static FROM_BUFFER: Kernel = Kernel {
    name: "from_buffer",
    shader: &[include_str!("../../shaders/frame/from_buffer.wgsl")],
    uniform: UNIFORM,
    bindings: &[numbers("input", Access::Read), write("output")],
    ..Kernel::COMMON
};

/// From a tensor to an application's buffer.
pub static TO_BUFFER: Kernel = Kernel {
    name: "to_buffer",
    shader: &[include_str!("../../shaders/frame/to_buffer.wgsl")],
    uniform: UNIFORM,
    bindings: &[read("input"), numbers("output", Access::Write)],
    ..Kernel::COMMON
};

/// Takes a session's whole batch of inputs from a buffer of the application: what the network itself takes,
/// normalised.
pub struct BufferInput {
    call: BoundCall,
}

/// Puts a session's whole batch of answers into a buffer of the application.
pub struct BufferOutput {
    call: BoundCall,
}

impl BufferInput {
    /// Prepares the way from `buffer`, which has the input from byte `offset` on:
    /// [`BufferLayout::bytes`] of the input's [shape](Port::shape) and the batch. The buffer must be one of the session's
    /// device and have the usage `STORAGE`; the offset is a multiple of the device's
    /// `min_storage_buffer_offset_alignment`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the buffer is none of that; [`ErrorKind::Limit`] where the input is longer than
    /// a binding may be; [`ErrorKind::Device`] where the device refuses: a buffer of another device, say.
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

    /// Records the copy: one compute pass, in front of the session's own.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "input", [&self.call]);
    }
}

impl BufferOutput {
    /// Prepares the way to `buffer`, which gets the answer from byte `offset` on: [`BufferLayout::bytes`] of
    /// the output's [shape](Port::shape) and the batch. The buffer must be as [`BufferInput::new_async`] has it.
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

    /// Records the copy: one compute pass, behind the session's own.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        record(encoder, "answer", [&self.call]);
    }
}

/// The dispatch of `kernel` between the tensor at `port` and a buffer.
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
    let compiled = Compiled::new(gpu, kernel).await?;
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
