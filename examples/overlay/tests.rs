//! The application's frames, drawn into a texture.

use std::path::PathBuf;

use image::RgbaImage;
use menagerie::{ErrorKind, wgpu};

use crate::drawing::{Drawing, SIZE};
use crate::{scene, text};

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;
/// The middle that the network looks at: 224 of 256 parts of the shorter side.
const SEEN: f64 = 400.0 * 224.0 / 256.0;

struct Frames {
    drawing: Drawing,
    target: wgpu::Texture,
}

impl Frames {
    /// Of a target of this size. The picture is the cat, and does not move.
    fn of_cat([width, height]: [u32; 2]) -> Self {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle().with_env();
        let instance = wgpu::Instance::new(descriptor);
        let adapter = pollster::block_on(instance.request_adapter(&Default::default()))
            .expect("an adapter; Debian's mesa-vulkan-drivers has one for any machine");
        let drawing = Drawing::new(&adapter, FORMAT, &cat()).unwrap();
        let target = drawing.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        Self { drawing, target }
    }

    fn draw(&mut self) -> menagerie::Result<()> {
        let view = self.target.create_view(&Default::default());
        self.drawing.frame(&view, 0.0)
    }

    /// Draws until the network has answered.
    fn draw_answer(&mut self) {
        let preparing = self.drawing.text.clone();
        // A run has fewer dispatches than this, and a frame takes at least one.
        let mut patience = 100_000;
        while self.drawing.text == preparing {
            self.draw().unwrap();
            self.wait();
            patience -= 1;
            assert!(patience > 0, "no answer");
        }
    }

    fn wait(&self) {
        let device = &self.drawing.device;
        device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    }

    fn pixels(&self) -> RgbaImage {
        let [width, height] = [self.target.width(), self.target.height()];
        let pitch = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let device = &self.drawing.device;
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(pitch * height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let destination = wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(pitch),
                rows_per_image: None,
            },
        };
        let mut copy = device.create_command_encoder(&Default::default());
        let source = self.target.as_image_copy();
        copy.copy_texture_to_buffer(source, destination, self.target.size());
        copy.map_buffer_on_submit(&buffer, wgpu::MapMode::Read, .., |_| {});
        self.drawing.queue.submit([copy.finish()]);
        self.wait();
        let mapped = buffer.get_mapped_range(..).unwrap();
        let rows = mapped.chunks_exact(pitch as usize);
        let texels = rows.flat_map(|row| &row[..4 * width as usize]);
        RgbaImage::from_raw(width, height, texels.copied().collect()).unwrap()
    }
}

fn cat() -> RgbaImage {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/cat.png"));
    scene::side_by_side(&[path], SIZE).unwrap()
}

/// How many of the pixels that `part` chooses differ by more than rounding.
fn different(one: &RgbaImage, other: &RgbaImage, part: impl Fn(u32, u32) -> bool) -> f64 {
    let chosen = || one.enumerate_pixels().filter(|&(x, y, _)| part(x, y));
    let differ = chosen().filter(|&(x, y, pixel)| {
        let pairs = pixel.0.iter().zip(other.get_pixel(x, y).0);
        pairs
            .map(|(a, b)| a.abs_diff(b))
            .any(|difference| difference > 1)
    });
    differ.count() as f64 / chosen().count() as f64
}

fn in_label(y: u32) -> bool {
    y >= SIZE[1] - text::HEIGHT
}

#[test]
fn the_frame_has_a_label_and_a_heat_map() {
    let mut frames = Frames::of_cat(SIZE);
    frames.draw().unwrap();
    let before = frames.pixels();
    frames.draw_answer();
    let after = frames.pixels();
    assert!(
        frames.drawing.text.contains("cat"),
        "{}",
        frames.drawing.text
    );

    let cat = cat();
    let off = |at: u32, length: u32| (f64::from(at) + 0.5 - f64::from(length) / 2.0).abs();
    let seen = |x, y| off(x, SIZE[0]) < SEEN / 2.0 - 1.0 && off(y, SIZE[1]) < SEEN / 2.0 - 1.0;
    let border = |x, y| off(x, SIZE[0]) > SEEN / 2.0 + 1.0 || off(y, SIZE[1]) > SEEN / 2.0 + 1.0;
    // Before the network is ready there is the picture, and a label that says so.
    assert_eq!(different(&before, &cat, |_, y| !in_label(y)), 0.0);
    // Then there is a heat map over what the network looks at, and nowhere else.
    assert!(different(&after, &cat, |x, y| seen(x, y) && !in_label(y)) > 0.9);
    assert_eq!(
        different(&after, &cat, |x, y| border(x, y) && !in_label(y)),
        0.0
    );
    // The label is another one.
    assert!(different(&after, &before, |_, y| in_label(y)) > 0.01);
    let white = |image: &RgbaImage| image.pixels().filter(|pixel| pixel.0 == [255; 4]).count();
    assert!(white(&after) > 100, "{} white pixels", white(&after));
}

#[test]
fn the_picture_keeps_its_shape_in_any_window() {
    for [width, height] in [[900, 400], [600, 500], [1, 300]] {
        let mut frames = Frames::of_cat([width, height]);
        frames.draw().unwrap();
        let frame = frames.pixels();
        let black = frame
            .pixels()
            .filter(|pixel| pixel.0 == [0, 0, 0, 255])
            .count();
        let scale = f64::min(f64::from(width) / 600.0, f64::from(height) / 400.0);
        let beside = f64::from(width * height) - scale * scale * 600.0 * 400.0;
        assert!(
            black as f64 >= 0.99 * beside,
            "{width}x{height}: {black} of {beside}"
        );
    }
}

#[test]
fn a_lost_device_is_an_error() {
    let mut frames = Frames::of_cat(SIZE);
    frames.draw_answer();
    frames.drawing.device.destroy();
    // wgpu's callback comes from here.
    let _ = frames.drawing.device.poll(wgpu::PollType::Poll);
    let lost = (0..3).find_map(|_| frames.draw().err());
    assert_eq!(lost.unwrap().kind(), ErrorKind::DeviceLost);
}

#[test]
fn a_picture_that_cannot_be_read_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, "no picture").unwrap();
    for path in [folder.path().join("missing.png"), broken] {
        let error = scene::side_by_side(std::slice::from_ref(&path), SIZE).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(path.to_str().unwrap()), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
