//! Wall time of whole networks on the default adapter, from the input in host memory to the output in host memory, with
//! all passes and with none.
//!
//! `cargo bench --bench networks -- mobilenet_v2` times one of them. To compare two things on a machine whose
//! speed drifts, use `menagerie compare`, which interleaves the runs.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Result, zoo};

/// One network of each architecture: plain, fire modules, separable, residual, dense, branches.
const NETWORKS: &[&str] = &[
    "lenet5",
    "alexnet",
    "squeezenet1_1",
    "mobilenet_v2",
    "resnet50",
    "densenet121",
    "inception_v3",
];

fn session(gpu: &Gpu, name: &str, passes: &PassSet) -> Result<Session> {
    let graph = optimize(&zoo::find(name)?.graph()?, passes)?;
    let options = SessionOptions::default();
    Session::new(gpu, &graph, &Weights::synthetic(0), &options)
}

fn networks(criterion: &mut Criterion) {
    let gpu = Gpu::open(&AdapterChoice::Default).expect("an adapter");
    let mut group = criterion.benchmark_group(format!("networks on {}", gpu.description()));
    for &name in NETWORKS {
        for (label, passes) in [("all passes", PassSet::all()), ("none", PassSet::none())] {
            // A session is only made for benchmarks that the command line's filter selects.
            let mut prepared = None;
            group.bench_function(BenchmarkId::new(name, label), |bencher| {
                let session = prepared
                    .get_or_insert_with(|| session(&gpu, name, &passes).expect("a session"));
                let input = synthetic_input(0, 1, session.input_shape());
                bencher.iter(|| session.run(&input).expect("an answer"));
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
        .measurement_time(Duration::from_secs(5));
    targets = networks
}
criterion_main!(benches);
