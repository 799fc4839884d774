//! Maps painted into an application's texture: the picture that the CPU makes of the same run, on a device with
//! the limits that WebGPU promises, submitted by nobody but the application.

mod common;

use common::application::{Application, pixels_of, texture, with_alpha};
use common::device::devices;
use menagerie::frame::{ClassMapOutput, MaskOutput, TextureInput, TextureSource, TextureTarget};
use menagerie::gpu::Gpu;
use menagerie::graph::{Graph, Shape};
use menagerie::likeliest::likeliest;
use menagerie::maps::{ClassMaps, Palette, ScoreMap, Style, with_features};
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::{Photo, Seen};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::wgpu::{self, TextureFormat, TextureUsages};
use menagerie::{ErrorKind, zoo};

/// Levels of 255 that the device's arithmetic may be off by.
const TOLERANCE: u8 = 2;

fn target(gpu: &Gpu, [width, height]: [u32; 2], mips: u32) -> wgpu::Texture {
    gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: Some("the application's"),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: mips,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: TextureFormat::Rgba8Unorm,
        usage: TextureUsages::STORAGE_BINDING | TextureUsages::COPY_SRC,
        view_formats: &[TextureFormat::Rgba8UnormSrgb],
    })
}

/// What level `mip` of `texture` shows: four bytes a pixel.
fn painted(gpu: &Gpu, texture: &wgpu::Texture, mip: u32) -> Vec<u8> {
    let (width, height) = (
        (texture.width() >> mip).max(1),
        (texture.height() >> mip).max(1),
    );
    let pitch = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(pitch * height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        wgpu::TexelCopyTextureInfo {
            mip_level: mip,
            ..texture.as_image_copy()
        },
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(pitch),
                rows_per_image: None,
            },
        },
        wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
    );
    gpu.queue().submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.device()
        .poll(wgpu::PollType::wait_indefinitely())
        .unwrap();
    let mapped = buffer.get_mapped_range(..).unwrap();
    let rows = mapped.chunks_exact(pitch as usize);
    rows.flat_map(|row| row[..4 * width as usize].to_vec())
        .collect()
}

fn hold(case: &str, found: &[u8], expected: &[u8]) {
    assert_eq!(found.len(), expected.len(), "{case}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = found.abs_diff(*expected) <= TOLERANCE;
        assert!(near, "{case}: byte {place}: {found}, not {expected}");
    }
}

/// A picture with contrast: the comparison would not notice much in an even one.
fn assert_varied(case: &str, picture: &[u8]) {
    let (pixels, _) = picture.as_chunks::<4>();
    let reds = pixels
        .iter()
        .filter(|pixel| pixel[3] == 255)
        .map(|pixel| pixel[0]);
    let (low, high) = (reds.clone().min().unwrap(), reds.max().unwrap());
    assert!(high - low > 100, "{case}: {low} to {high}");
}

fn frame(gpu: &Gpu, record: impl FnOnce(&mut wgpu::CommandEncoder)) {
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    record(&mut encoder);
    gpu.queue().submit([encoder.finish()]);
}

fn opened(name: &str, input: Shape) -> Graph {
    let graph = zoo::find(name).unwrap().graph_for(input).unwrap();
    optimize(&with_features(&graph).unwrap(), &PassSet::all()).unwrap()
}

/// Where and how a map may be painted: size of the picture, what the network saw of it, how.
fn paintings() -> Vec<([u32; 2], Seen, Style)> {
    let part = Seen {
        left: 0.125,
        top: -0.3,
        right: 0.6,
        bottom: 0.9,
    };
    let beyond = Seen {
        left: -1.0,
        top: -0.5,
        right: 1.3,
        bottom: 2.0,
    };
    let colours = vec![[255, 0, 0], [0, 255, 0], [0, 0, 255]];
    let palette = Palette::new(colours).unwrap();
    let own = Style {
        palette,
        threshold: None,
    };
    vec![
        ([64, 48], Seen::WHOLE, Style::heat()),
        ([333, 217], part, Style::heat()),
        ([3, 5], part, Style::gray()),
        ([97, 61], beyond, own),
        ([1, 1], Seen::WHOLE, Style::heat()),
    ]
}

#[test]
fn a_texture_shows_the_class_map_that_the_cpu_paints() {
    for name in ["mobilenet_v2", "squeezenet1_1", "densenet121"] {
        let graph = opened(name, Shape::new(3, 97, 129));
        let weights = Weights::synthetic(1);
        let maps = ClassMaps::new(&graph, &weights).unwrap();
        for (device, gpu) in devices() {
            let options = SessionOptions {
                batch: 2,
                ..SessionOptions::default()
            };
            let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
            let outputs = session
                .run_outputs(&synthetic_input(7, 2, graph.input_shape()))
                .unwrap();
            for (index, (size, seen, style)) in paintings().into_iter().enumerate() {
                let image = index % 2;
                let texture = target(gpu, size, 1);
                let target = TextureTarget {
                    seen,
                    style: style.clone(),
                    image,
                    ..TextureTarget::new(&texture)
                };
                let mut output = ClassMapOutput::new(&session, &maps, &target).unwrap();
                let top = likeliest(outputs[0].image(image), 1)[0].index;
                // The class that the run found, one that is chosen, and again that of the run.
                for class in [None, Some(maps.classes() - 1), Some(0), None] {
                    output.set_class(class).unwrap();
                    frame(gpu, |frame| output.record(frame));
                    let map = maps.map(&outputs, class.unwrap_or(top)).unwrap();
                    let map = ScoreMap::relative(&map, image).unwrap();
                    let expected = map
                        .paint(&seen, size.map(|side| side as usize), &style)
                        .unwrap();
                    let case = format!("{name}, {device}, {size:?}, class {class:?}");
                    hold(&case, &painted(gpu, &texture, 0), &expected);
                    if size == [64, 48] && name != "squeezenet1_1" {
                        assert_varied(&case, &expected);
                    }
                }
            }
        }
    }
}

#[test]
fn a_texture_shows_the_mask_that_the_cpu_paints() {
    let graph = zoo::find("unet_small").unwrap();
    let weights = Weights::default_for(graph).unwrap();
    let ([width, height], rgb) = pixels_of("samples/cells.png");
    let preprocess = graph.preprocess.for_size(height as usize, width as usize);
    let input = preprocess
        .apply(Photo {
            width: width as usize,
            height: height as usize,
            rgb: &rgb,
        })
        .unwrap();
    let graph = graph.graph_for(input.shape()).unwrap();
    let graph = optimize(&graph, &PassSet::all()).unwrap();
    for (device, gpu) in devices() {
        let mut session = Session::new(gpu, &graph, &weights, &SessionOptions::default()).unwrap();
        let answer = session.run(&input).unwrap();
        let map = ScoreMap::foreground(&answer, 0).unwrap();
        let threshold = Style {
            threshold: Some(0.5),
            ..Style::gray()
        };
        for (size, style) in [
            ([width, height], Style::gray()),
            ([width, height], threshold),
            ([177, 211], Style::heat()),
        ] {
            let texture = target(gpu, size, 1);
            let target = TextureTarget {
                style: style.clone(),
                ..TextureTarget::new(&texture)
            };
            let output = MaskOutput::new(&session, &target).unwrap();
            session.write_input(&input).unwrap();
            frame(gpu, |frame| {
                session.record(frame);
                output.record(frame);
            });
            let expected = map
                .paint(&Seen::WHOLE, size.map(|side| side as usize), &style)
                .unwrap();
            let case = format!("{device}, {size:?}, {style:?}");
            hold(&case, &painted(gpu, &texture, 0), &expected);
            assert_varied(&case, &expected);
        }
    }
}

/// A photo in a texture, an answer and a map of it, in one submission of an application that knows nothing of
/// networks.
#[test]
fn an_application_gets_answer_and_map_from_one_frame() {
    let application = Application::start();
    let gpu = application.gpu();
    let model = zoo::find("mobilenet_v2").unwrap();
    let weights = Weights::default_for(model).unwrap();
    let graph = opened("mobilenet_v2", model.input);
    let maps = ClassMaps::new(&graph, &weights).unwrap();
    let mut session = Session::new(&gpu, &graph, &weights, &SessionOptions::default()).unwrap();
    let (size, rgb) = pixels_of("samples/cat.png");
    let photo = texture(&gpu, TextureFormat::Rgba8Unorm, size, &with_alpha(&rgb));
    let source = TextureSource::new(&photo);
    let input = TextureInput::new(&session, &source, &model.preprocess, 0).unwrap();
    let [width, height] = size.map(|side| side as usize);
    let heat = target(&gpu, size, 3);
    let seen = model.preprocess.seen(height, width).unwrap();
    let target = TextureTarget {
        seen,
        view: wgpu::TextureViewDescriptor {
            base_mip_level: 1,
            ..Default::default()
        },
        ..TextureTarget::new(&heat)
    };
    let output = ClassMapOutput::new(&session, &maps, &target).unwrap();
    frame(&gpu, |frame| {
        input.record(frame);
        session.record(frame);
        session.record_readback(frame);
        output.record(frame);
    });
    let outputs = session.read_outputs().unwrap();
    let top = likeliest(outputs[0].image(0), 1)[0].index;
    assert_eq!(model.labels.names()[top], "Egyptian cat");
    let map = ScoreMap::relative(&maps.map(&outputs, top).unwrap(), 0).unwrap();
    let expected = map
        .paint(&seen, [width / 2, height / 2], &Style::heat())
        .unwrap();
    hold("mip level 1", &painted(&gpu, &heat, 1), &expected);
    assert_varied("mip level 1", &expected);
}

#[test]
fn what_cannot_be_painted_is_refused_in_one_line() {
    let (_, gpu) = &devices()[0];
    let graph = opened("mobilenet_v2", Shape::new(3, 33, 33));
    let weights = Weights::synthetic(0);
    let maps = ClassMaps::new(&graph, &weights).unwrap();
    let session =
        |graph: &Graph| Session::new(gpu, graph, &weights, &SessionOptions::default()).unwrap();
    let good = target(gpu, [8, 8], 1);
    let read_only = texture(gpu, TextureFormat::Rgba8Unorm, [1, 1], &[0; 4]);
    let floats = gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: TextureFormat::Rgba16Float,
        usage: TextureUsages::STORAGE_BINDING,
        view_formats: &[],
    });
    let runs = session(&graph);
    let cases = [
        (
            TextureTarget::new(&read_only),
            "a map is painted into textures of the usage STORAGE_BINDING, found TextureUsages(COPY_DST | \
             TEXTURE_BINDING)",
        ),
        (
            TextureTarget::new(&floats),
            "a map is painted into textures of the format Rgba8Unorm, found Rgba16Float",
        ),
        (
            TextureTarget {
                image: 1,
                ..TextureTarget::new(&good)
            },
            "a batch of 1 has no image number 1, they count from 0",
        ),
        (
            TextureTarget {
                seen: Seen {
                    left: 2.0,
                    ..Seen::WHOLE
                },
                ..TextureTarget::new(&good)
            },
            "what a network sees lies from 2, 0 to 1, 1, which is no rectangle",
        ),
    ];
    for (target, says) in cases {
        let errors = [
            ClassMapOutput::new(&runs, &maps, &target).err().unwrap(),
            MaskOutput::new(&runs, &target).err().unwrap(),
        ];
        for error in errors {
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (ErrorKind::Input, says)
            );
        }
    }
    // A level that is not there is the device's to refuse.
    let target = TextureTarget {
        view: wgpu::TextureViewDescriptor {
            base_mip_level: 5,
            ..Default::default()
        },
        ..TextureTarget::new(&good)
    };
    let error = MaskOutput::new(&runs, &target).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Device);

    let target = TextureTarget::new(&good);
    let mut output = ClassMapOutput::new(&runs, &maps, &target).unwrap();
    assert_eq!(
        output.set_class(Some(1000)).unwrap_err().to_string(),
        "there is no class 1000: the network has 1000, they count from 0"
    );
    let plain = zoo::find("mobilenet_v2")
        .unwrap()
        .graph_for(Shape::new(3, 33, 33))
        .unwrap();
    let error = ClassMapOutput::new(&session(&plain), &maps, &target)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "class maps need an answer of 1000x1x1 and as output 1 the features of 1280x2x2, found 1000x1x1"
    );
}

/// What wgpu holds of each kind of resource that a recording could make.
fn resources(application: &Application) -> [usize; 6] {
    let report = application
        .instance
        .generate_report()
        .expect("a native instance");
    let hub = report.hub_report();
    [
        &hub.buffers,
        &hub.textures,
        &hub.texture_views,
        &hub.bind_groups,
        &hub.compute_pipelines,
        &hub.shader_modules,
    ]
    .map(|registry| registry.num_allocated + registry.num_kept_from_user)
}

/// From the first frame on nothing is made, whichever class is painted, and all that is submitted is the frame.
#[test]
fn a_frame_takes_nothing_of_the_device() {
    let application = Application::start();
    let gpu = application.gpu();
    let graph = opened("mobilenet_v2", Shape::new(3, 33, 33));
    let weights = Weights::synthetic(0);
    let maps = ClassMaps::new(&graph, &weights).unwrap();
    let session = Session::new(&gpu, &graph, &weights, &SessionOptions::default()).unwrap();
    let texture = target(&gpu, [50, 40], 1);
    let target = TextureTarget::new(&texture);
    let mut output = ClassMapOutput::new(&session, &maps, &target).unwrap();
    let mask = MaskOutput::new(&session, &target).unwrap();
    let mut held = None;
    let mut numbers = Vec::new();
    for index in 0..10 {
        output.set_class((index % 3 == 0).then_some(index)).unwrap();
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        session.record(&mut encoder);
        output.record(&mut encoder);
        mask.record(&mut encoder);
        let submission = gpu.queue().submit([encoder.finish()]);
        gpu.device()
            .poll(wgpu::PollType::wait_indefinitely())
            .unwrap();
        numbers.push(format!("{submission:?}"));
        let now = resources(&application);
        assert_eq!(*held.get_or_insert(now), now, "frame {index}");
    }
    // wgpu numbers submissions one by one.
    let number = |text: &String| -> u64 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let steps = numbers
        .windows(2)
        .map(|pair| number(&pair[1]) - number(&pair[0]));
    assert!(steps.clone().all(|step| step == 1), "{numbers:?}");
}
