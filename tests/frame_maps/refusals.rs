//! Targets, classes and sessions that no map can be painted with.

use menagerie::frame::{ClassMapOutput, MaskOutput, TextureTarget};
use menagerie::graph::Graph;
use menagerie::maps::ClassMaps;
use menagerie::preprocess::CropRect;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::wgpu::{self, TextureFormat, TextureUsages};
use menagerie::{ErrorKind, zoo};

use crate::common::application::texture;
use crate::common::device::devices;
use crate::common::painting::{opened, target};

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
                crop_rect: CropRect {
                    left: 2.0,
                    ..CropRect::WHOLE
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
