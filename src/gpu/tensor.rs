//! A tensor on the device: a buffer or a texture of quads.

use std::num::NonZero;
use std::ops::Range;

use super::Gpu;
use super::memory::{Allocated, DeviceBuffer};
use crate::device::{Storage, TEXTURE_WIDTH};
use crate::error::Result;
use crate::kernels::{Access, Format, Place};

/// A tensor on the device; clones are the same tensor.
#[derive(Clone, Debug)]
pub enum DeviceTensor {
    /// In a storage buffer.
    Buffer(DeviceBuffer),
    /// In a storage texture, row by row.
    Texture(Allocated<wgpu::Texture>, wgpu::TextureView),
}

impl DeviceTensor {
    /// A tensor of `quads` quads in `format`, at least one. A buffer can hold other formats in the same bytes.
    ///
    /// # Errors
    /// As [`Gpu::buffer`].
    pub fn new(
        gpu: &Gpu,
        storage: Storage,
        format: Format,
        quads: usize,
        label: &str,
    ) -> Result<Self> {
        let quads = quads.max(1);
        Ok(match storage {
            Storage::Buffer => {
                use wgpu::BufferUsages as Usages;
                let usage = Usages::STORAGE | Usages::COPY_DST | Usages::COPY_SRC;
                Self::Buffer(gpu.buffer(label, format.bytes(quads), usage)?)
            }
            Storage::Texture => {
                use wgpu::TextureUsages as Usages;
                let usage = Usages::STORAGE_BINDING | Usages::COPY_DST | Usages::COPY_SRC;
                let texture = gpu.texture(label, extent(quads), texel(format), usage)?;
                let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
                Self::Texture(texture, view)
            }
        })
    }

    /// The type of such a tensor in a bind group layout. If it is `shared`, one dispatch may read one part of it and write
    /// another.
    pub fn binding_type(
        storage: Storage,
        format: Format,
        access: Access,
        shared: bool,
    ) -> wgpu::BindingType {
        match storage {
            Storage::Buffer => wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage {
                    read_only: access == Access::Read && !shared,
                },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            Storage::Texture => wgpu::BindingType::StorageTexture {
                access: match access {
                    _ if shared => wgpu::StorageTextureAccess::ReadWrite,
                    Access::Read => wgpu::StorageTextureAccess::ReadOnly,
                    Access::Write => wgpu::StorageTextureAccess::WriteOnly,
                },
                format: texel(format),
                view_dimension: wgpu::TextureViewDimension::D2,
            },
        }
    }

    /// The whole tensor as a binding.
    pub fn binding(&self) -> wgpu::BindingResource<'_> {
        match self {
            Self::Buffer(buffer) => buffer.as_entire_binding(),
            Self::Texture(_, view) => wgpu::BindingResource::TextureView(view),
        }
    }

    /// A part of the tensor as a binding. A texture is always bound as a whole.
    pub fn binding_of(&self, place: Place) -> wgpu::BindingResource<'_> {
        match self {
            Self::Buffer(buffer) => wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer,
                offset: place.begin,
                size: NonZero::new(place.length),
            }),
            Self::Texture(_, view) => wgpu::BindingResource::TextureView(view),
        }
    }

    /// Writes `quads`, which are the bytes of quads in `format`, beginning at the quad `offset`.
    pub fn write(&self, queue: &wgpu::Queue, format: Format, offset: usize, quads: &[u8]) {
        match self {
            Self::Buffer(buffer) => queue.write_buffer(buffer, format.bytes(offset), quads),
            Self::Texture(texture, _) => {
                let byte = |quad: usize| format.bytes(quad) as usize;
                for rows in rectangles(offset, format.quads(quads.len() as u64)) {
                    queue.write_texture(
                        rows.place(texture),
                        &quads[byte(rows.texels.start)..byte(rows.texels.end)],
                        rows.layout(format),
                        rows.extent(),
                    );
                }
            }
        }
    }

    /// Records a copy of `count` quads in `format` from a buffer, beginning at byte `begin`, to the quads from `offset` on.
    pub fn copy_from(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        (source, begin): (&wgpu::Buffer, u64),
        format: Format,
        offset: usize,
        count: usize,
    ) {
        match self {
            Self::Buffer(buffer) => {
                let (first, bytes) = (format.bytes(offset), format.bytes(count));
                encoder.copy_buffer_to_buffer(source, begin, buffer, first, bytes);
            }
            Self::Texture(texture, _) => {
                for rows in rectangles(offset, count) {
                    let layout = wgpu::TexelCopyBufferLayout {
                        offset: begin + format.bytes(rows.texels.start),
                        ..rows.layout(format)
                    };
                    encoder.copy_buffer_to_texture(
                        wgpu::TexelCopyBufferInfo {
                            buffer: source,
                            layout,
                        },
                        rows.place(texture),
                        rows.extent(),
                    );
                }
            }
        }
    }

    /// Records a copy of the range `quads`, in `format`, to the beginning of `target`.
    pub fn copy_to(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        format: Format,
        quads: Range<usize>,
        target: &wgpu::Buffer,
    ) {
        match self {
            Self::Buffer(buffer) => {
                let (first, bytes) = (format.bytes(quads.start), format.bytes(quads.len()));
                encoder.copy_buffer_to_buffer(buffer, first, target, 0, bytes);
            }
            Self::Texture(texture, _) => {
                for rows in rectangles(quads.start, quads.len()) {
                    let layout = wgpu::TexelCopyBufferLayout {
                        offset: format.bytes(rows.texels.start),
                        ..rows.layout(format)
                    };
                    encoder.copy_texture_to_buffer(
                        rows.place(texture),
                        wgpu::TexelCopyBufferInfo {
                            buffer: target,
                            layout,
                        },
                        rows.extent(),
                    );
                }
            }
        }
    }
}

/// The format of a texture of quads.
fn texel(format: Format) -> wgpu::TextureFormat {
    match format {
        Format::F32 => wgpu::TextureFormat::Rgba32Float,
        Format::F16 => wgpu::TextureFormat::Rgba16Float,
    }
}

/// Width and height of a texture with at least `texels` texels. The height is never a power of two: llvmpipe compiles a
/// kernel once more if some textures have such a height and others do not.
fn extent(texels: usize) -> [u32; 2] {
    // A program never needs a texture that is higher than the device's limit, which is a `u32`.
    let height = (texels as u64).div_ceil(u64::from(TEXTURE_WIDTH)) as u32;
    match height {
        0..=2 => [TEXTURE_WIDTH, 3],
        height if height.is_power_of_two() => [TEXTURE_WIDTH, height + 1],
        height => [TEXTURE_WIDTH, height],
    }
}

/// Consecutive texels that form a rectangle of a texture.
struct Rows {
    texels: Range<usize>,
    origin: [u32; 2],
    size: [u32; 2],
}

/// The `count` texels from `offset` on, as up to three rectangles: the rest of a first row, whole rows, the beginning of
/// a last row. Their ranges count from `offset`.
fn rectangles(offset: usize, count: usize) -> impl Iterator<Item = Rows> {
    let width = TEXTURE_WIDTH as usize;
    let first = (offset.next_multiple_of(width) - offset).min(count);
    let whole = (count - first) / width * width;
    [0..first, first..first + whole, first + whole..count]
        .into_iter()
        .filter(|texels| !texels.is_empty())
        .map(move |texels| {
            let begin = offset + texels.start;
            Rows {
                origin: [(begin % width) as u32, (begin / width) as u32],
                size: [
                    texels.len().min(width) as u32,
                    texels.len().div_ceil(width) as u32,
                ],
                texels,
            }
        })
}

impl Rows {
    fn place<'a>(&self, texture: &'a wgpu::Texture) -> wgpu::TexelCopyTextureInfo<'a> {
        wgpu::TexelCopyTextureInfo {
            texture,
            mip_level: 0,
            origin: wgpu::Origin3d {
                x: self.origin[0],
                y: self.origin[1],
                z: 0,
            },
            aspect: wgpu::TextureAspect::All,
        }
    }

    fn layout(&self, format: Format) -> wgpu::TexelCopyBufferLayout {
        let alignment = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT;
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(
                (self.size[0] * format.quad_bytes() as u32).next_multiple_of(alignment),
            ),
            rows_per_image: None,
        }
    }

    fn extent(&self) -> wgpu::Extent3d {
        wgpu::Extent3d {
            width: self.size[0],
            height: self.size[1],
            depth_or_array_layers: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceProfile;

    #[test]
    fn the_largest_tensor_that_is_planned_for_has_a_texture() {
        for side in [4, 5, 8191, 8192, 16_384] {
            let profile = DeviceProfile {
                storage: Storage::Texture,
                max_texture_side: side,
                ..DeviceProfile::WEBGPU
            };
            let [_, height] = extent(profile.max_quads());
            assert!(height <= side, "{height} rows, {side} allowed");
        }
    }
}
