//! Time on the GPU of each kernel that can compute a layer, for layers of the zoo.
//!
//! `cargo bench --bench kernels -- 3x3` times the layers whose names hold `3x3`.

#[path = "../tests/common/cases/mod.rs"]
#[allow(dead_code, reason = "benches time a part of the cases")]
mod cases;

use std::time::Duration;

use cases::layers::layers;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::kernels::{Candidate, Site};
use menagerie::profile::TimedSession;
use menagerie::session::SessionOptions;
use menagerie::tune;
use menagerie::weights::synthetic_input;

fn kernels(criterion: &mut Criterion) {
    let gpu = Gpu::open(&AdapterChoice::Default).expect("an adapter");
    let mut group = criterion.benchmark_group(format!("kernels on {}", gpu.description()));
    for case in layers() {
        let (graph, batch) = (&case.graph, case.batch);
        let cost = graph.cost(case.node()).of_batch(batch);
        // Operations without arithmetic are measured in bytes.
        group.throughput(match cost.flops {
            0 => Throughput::Bytes(cost.bytes()),
            flops => Throughput::Elements(flops),
        });
        let options = SessionOptions {
            batch,
            ..SessionOptions::default()
        };
        let input = synthetic_input(0, batch, graph.input_shape().expect("a single input"));
        let site = Site::new(graph, case.node(), batch, gpu.profile()).expect("images");
        for kernel in Candidate::of(site.kind()) {
            if kernel.accept(&site).is_err() {
                continue;
            }
            // A session is only made for benchmarks that the command line's filter selects.
            let mut prepared = None;
            group.bench_function(BenchmarkId::new(case.name, kernel.name()), |bencher| {
                let session = prepared.get_or_insert_with(|| {
                    let session = tune::session(&gpu, graph, kernel, &options).expect("a session");
                    TimedSession::new(session, input.clone()).unwrap()
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
