//! An application's buffers: inputs from them and answers into them, in every layout.

use menagerie::Tensor;
use menagerie::error::ErrorKind;
use menagerie::frame::{BufferInput, BufferLayout, BufferOutput};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::wgpu;

use crate::common::device::devices;
use crate::networks::{SEED, encoder, mirror, wait};

/// The values of `tensor` as a buffer of `layout` holds them, by the layouts' formulas.
fn laid_out(tensor: &Tensor, layout: BufferLayout) -> Vec<f32> {
    let Shape {
        channels,
        height,
        width,
    } = tensor.shape();
    let pixels = height * width;
    let mut values = Vec::new();
    for image in 0..tensor.batch() {
        let planes = tensor.image(image);
        let stored = match layout {
            BufferLayout::ChannelsFirst => {
                values.extend_from_slice(planes);
                continue;
            }
            BufferLayout::ChannelsLast => channels,
            BufferLayout::ChannelQuads => channels.div_ceil(4) * 4,
            other => panic!("{other:?}"),
        };
        for pixel in 0..pixels {
            for channel in 0..stored {
                let value = planes.get(channel * pixels + pixel);
                values.push(if channel < channels {
                    *value.unwrap()
                } else {
                    0.0
                });
            }
        }
    }
    values
}

const LAYOUTS: [BufferLayout; 3] = [
    BufferLayout::ChannelsFirst,
    BufferLayout::ChannelsLast,
    BufferLayout::ChannelQuads,
];

/// Marks what must not be written.
const UNTOUCHED: f32 = -77.0;

#[test]
fn buffers_of_the_application_hold_inputs_and_answers() {
    use wgpu::BufferUsages as Usages;
    const OFFSET: u64 = 256;
    for (device, gpu) in devices() {
        for (channels, batch) in [(3, 1), (6, 2), (1, 3)] {
            let shape = Shape::new(channels, 5, 7);
            let tensor = synthetic_input(SEED, batch, shape);
            let session = mirror(gpu, shape, batch);
            for (index, from) in LAYOUTS.into_iter().enumerate() {
                let to = LAYOUTS[(index + batch) % 3];
                let (given, expected) = (laid_out(&tensor, from), laid_out(&tensor, to));
                assert_eq!(from.bytes(shape, batch), 4 * given.len() as u64);
                let buffer = |bytes: u64, usage| {
                    gpu.device().create_buffer(&wgpu::BufferDescriptor {
                        label: None,
                        size: bytes,
                        usage,
                        mapped_at_creation: false,
                    })
                };
                let bytes = OFFSET + from.bytes(shape, batch);
                let theirs = buffer(bytes, Usages::STORAGE | Usages::COPY_DST);
                let written = bytemuck::cast_slice(&given);
                gpu.queue().write_buffer(&theirs, OFFSET, written);
                // With room behind, which stays as it was.
                let bytes = OFFSET + to.bytes(shape, batch) + 64;
                let usage = Usages::STORAGE | Usages::COPY_DST | Usages::COPY_SRC;
                let result = buffer(bytes, usage);
                let marks = vec![UNTOUCHED; bytes as usize / 4];
                gpu.queue()
                    .write_buffer(&result, 0, bytemuck::cast_slice(&marks));
                let readback = buffer(bytes, Usages::MAP_READ | Usages::COPY_DST);

                let input = BufferInput::new(&session, &theirs, OFFSET, from).unwrap();
                let output = BufferOutput::new(&session, &result, OFFSET, to).unwrap();
                let mut frame = encoder(gpu);
                input.record(&mut frame);
                session.record(&mut frame);
                output.record(&mut frame);
                frame.copy_buffer_to_buffer(&result, 0, &readback, 0, bytes);
                frame.map_buffer_on_submit(&readback, wgpu::MapMode::Read, .., |_| {});
                gpu.queue().submit([frame.finish()]);
                wait(gpu);
                let mapped = readback.get_mapped_range(..).unwrap();
                let values: &[f32] = bytemuck::cast_slice(&mapped);
                let (before, rest) = values.split_at(OFFSET as usize / 4);
                let (found, behind) = rest.split_at(expected.len());
                assert_eq!(found, expected, "{device}: {from:?} to {to:?}");
                let untouched = before.iter().chain(behind);
                assert!(untouched.into_iter().all(|&value| value == UNTOUCHED));
            }
        }
    }
}

#[test]
fn a_buffer_that_will_not_do_is_an_error_that_says_why() {
    let (_, gpu) = &devices()[0];
    let session = mirror(gpu, Shape::new(3, 5, 7), 1);
    let refused = |usage, bytes, offset| {
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage,
            mapped_at_creation: false,
        });
        let layout = BufferLayout::ChannelsFirst;
        let error = BufferOutput::new(&session, &buffer, offset, layout).err();
        let error = error.expect("a refusal");
        assert_eq!(error.kind(), ErrorKind::Input);
        error.to_string()
    };
    let (storage, copied) = (wgpu::BufferUsages::STORAGE, wgpu::BufferUsages::COPY_DST);
    assert_eq!(
        refused(copied, 1024, 0),
        "a network's buffer needs the usage STORAGE, found BufferUsages(COPY_DST)"
    );
    assert_eq!(
        refused(storage, 512, 256),
        "420 bytes from byte 256 on do not fit into a buffer of 512"
    );
    let message = refused(storage, 1024, 6);
    assert!(
        message.starts_with("a place in a buffer is a multiple of "),
        "{message}"
    );
}
