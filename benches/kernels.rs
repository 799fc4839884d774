//! Time on the GPU of each kernel that can compute a convolution, for layers of the zoo.
//!
//! `cargo bench --bench kernels -- 3x3` times the layers whose names hold `3x3`.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::graph::{Graph, Padding, Window};
use menagerie::kernels::{Candidate, Site};
use menagerie::profile::TimedSession;
use menagerie::tensor::Shape;
use menagerie::tune;
use menagerie::weights::synthetic_input;

/// A convolution of the zoo.
struct Layer {
    name: &'static str,
    input: Shape,
    out_channels: usize,
    kernel: usize,
    stride: usize,
    groups: usize,
}

const fn layer(name: &'static str, input: Shape, out_channels: usize, kernel: usize) -> Layer {
    Layer {
        name,
        input,
        out_channels,
        kernel,
        stride: 1,
        groups: 1,
    }
}

const LAYERS: &[Layer] = &[
    Layer {
        stride: 2,
        ..layer("stem 7x7", Shape::new(3, 224, 224), 64, 7)
    },
    layer("resnet50 1x1 of 56", Shape::new(64, 56, 56), 256, 1),
    layer("resnet50 1x1 of 14", Shape::new(1024, 14, 14), 256, 1),
    layer("resnet50 3x3 of 56", Shape::new(64, 56, 56), 64, 3),
    layer("resnet50 3x3 of 14", Shape::new(256, 14, 14), 256, 3),
    layer("resnet50 3x3 of 7", Shape::new(512, 7, 7), 512, 3),
    Layer {
        groups: 96,
        stride: 2,
        ..layer("mobilenet_v2 depthwise", Shape::new(96, 112, 112), 96, 3)
    },
    layer("resnet50 fc", Shape::vector(2048), 1000, 1),
];

impl Layer {
    fn graph(&self) -> menagerie::Result<Graph> {
        let window = Window {
            padding: Padding::all(self.kernel / 2),
            ..Window::square(self.kernel, self.stride)
        };
        Graph::convolution(self.input, self.out_channels, window, self.groups, true)
    }
}

fn kernels(criterion: &mut Criterion) {
    let gpu = Gpu::open(&AdapterChoice::Default).expect("an adapter");
    let mut group = criterion.benchmark_group(format!("kernels on {}", gpu.description()));
    for layer in LAYERS {
        let graph = layer.graph().expect("a layer");
        let output = graph.output();
        group.throughput(Throughput::Elements(graph.cost(output).flops));
        let site = Site::new(&graph, output, 1, gpu.profile());
        for kernel in Candidate::of(site.kind()) {
            if kernel.accept(&site).is_err() {
                continue;
            }
            // Sessions are made only for what the command line's filter lets through.
            let mut prepared = None;
            group.bench_function(BenchmarkId::new(layer.name, kernel.name()), |bencher| {
                let session = prepared.get_or_insert_with(|| {
                    let session = tune::session(&gpu, &graph, kernel, 1).expect("a session");
                    TimedSession::new(session, synthetic_input(0, 1, layer.input))
                });
                bencher.iter_custom(|runs| {
                    (0..runs)
                        .map(|_| session.run().expect("a time"))
                        .sum::<Duration>()
                });
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2));
    targets = kernels
}
criterion_main!(benches);
