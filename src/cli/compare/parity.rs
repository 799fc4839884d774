//! Whether a shader from elsewhere computes what the reference executor computes.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use menagerie::gpu::Gpu;
use menagerie::graph::{Graph, Padding, Window};
use menagerie::kernels::{Candidate, Site};
use menagerie::reference::Reference;
use menagerie::session::{SessionOptions, ShaderChecks};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind, Result, Tensor, tune};

use super::layer::LAYER;

/// Largest difference of a value, over the largest value of the answer. Kernels of the registry are held to this, too.
const TOLERANCE: f64 = 3e-6;

/// A convolution: channels of each group, window, groups, and size of the input.
struct Convolution {
    out_each: usize,
    in_each: usize,
    kernel: [usize; 2],
    stride: usize,
    dilation: usize,
    groups: usize,
    size: [usize; 2],
    batch: usize,
}

/// A convolution with one pixel of each of them.
const PLAIN: Convolution = Convolution {
    out_each: 8,
    in_each: 8,
    kernel: [1, 1],
    stride: 1,
    dilation: 1,
    groups: 1,
    size: [5, 7],
    batch: 1,
};

/// Small convolutions in which kernels go wrong first: extents that no tile divides, windows larger than the image,
/// quads that are not full, groups, and more than one image.
#[rustfmt::skip]
const CASES: [Convolution; 16] = [
    PLAIN,
    Convolution { batch: 3, ..PLAIN },
    Convolution { out_each: 5, in_each: 3, ..PLAIN },
    Convolution { out_each: 70, in_each: 33, size: [3, 3], batch: 2, ..PLAIN },
    Convolution { out_each: 36, in_each: 130, size: [1, 1], batch: 5, ..PLAIN },
    Convolution { out_each: 132, in_each: 12, size: [17, 9], ..PLAIN },
    Convolution { stride: 2, ..PLAIN },
    Convolution { kernel: [3, 3], ..PLAIN },
    Convolution { kernel: [3, 3], stride: 2, batch: 2, ..PLAIN },
    Convolution { kernel: [3, 3], out_each: 5, in_each: 3, size: [9, 4], batch: 3, ..PLAIN },
    Convolution { kernel: [5, 5], size: [2, 3], ..PLAIN },
    Convolution { kernel: [1, 7], dilation: 2, size: [4, 20], ..PLAIN },
    Convolution { kernel: [3, 3], groups: 2, batch: 2, ..PLAIN },
    Convolution { kernel: [3, 3], groups: 3, out_each: 2, in_each: 1, ..PLAIN },
    Convolution { kernel: [3, 3], groups: 12, out_each: 1, in_each: 1, batch: 2, ..PLAIN },
    Convolution { kernel: [5, 5], groups: 7, out_each: 1, in_each: 1, stride: 2, size: [11, 6], ..PLAIN },
];

impl Convolution {
    fn graph(&self) -> Result<Graph> {
        let window = Window {
            kernel: self.kernel,
            stride: [self.stride; 2],
            dilation: [self.dilation; 2],
            padding: Padding::centred(self.kernel.map(|taps| (taps - 1) * self.dilation + 1)),
            ..Window::square(1, 1)
        };
        let [height, width] = self.size;
        let input = Shape::new(self.in_each * self.groups, height, width);
        Graph::convolution(
            input,
            self.out_each * self.groups,
            window,
            self.groups,
            true,
        )
    }
}

/// How a kernel did.
#[derive(Clone, Copy, Default)]
pub struct Parity {
    /// Number of layers that it computed.
    pub computed: usize,
    /// Number of layers that it does not compute.
    pub declined: usize,
    /// Largest difference, over the largest value of the answer.
    pub difference: f64,
}

/// Runs `kernel`, which is compiled with checks, on `layer` and on small layers of the same kind, with tensors in
/// `storage`. Each run may take `limit`.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if an answer is wrong: the first wrong value. [`ErrorKind::Device`] if the device fails or a run
/// takes longer. Then a thread still waits for the device, and the process should end.
pub fn check(
    gpu: &Gpu,
    kernel: Candidate,
    layer: (&Graph, usize),
    limit: Duration,
) -> Result<Parity> {
    let (graph, batch) = layer;
    let mut cases = Vec::new();
    if Site::new(graph, LAYER, batch, gpu.profile())?.kind() == "conv2d" {
        for case in &CASES {
            cases.push((case.graph()?, case.batch));
        }
    }
    // The layer itself last: it takes the longest, and a mistake shows in a small one.
    cases.push((graph.clone(), batch));
    let mut parity = Parity::default();
    for (graph, batch) in cases {
        let site = Site::new(&graph, LAYER, batch, gpu.profile())?;
        if kernel.accept(&site).is_err() {
            parity.declined += 1;
            continue;
        }
        let (shape, storage) = (graph.input_shape()?, gpu.profile().storage);
        let case = format!(
            "{} on {shape}, batch {batch}, in {storage}",
            graph.described(LAYER)
        );
        let input = synthetic_input(0, batch, shape);
        let expected = Reference::new(graph.clone(), &Weights::synthetic(0))?.run(&input)?;
        let found = answer(gpu.clone(), graph, kernel, (input, batch), limit);
        let found = found.map_err(|error| error.in_context(&case))?;
        let difference = compared(&expected, &found).map_err(|error| error.in_context(&case))?;
        parity.difference = parity.difference.max(difference);
        parity.computed += 1;
    }
    Ok(parity)
}

/// The answer of `kernel` within `limit`.
fn answer(
    gpu: Gpu,
    graph: Graph,
    kernel: Candidate,
    (input, batch): (Tensor, usize),
    limit: Duration,
) -> Result<Tensor> {
    let (sender, receiver) = mpsc::channel();
    // The thread is not joined, because nothing can end a dispatch.
    let started = thread::Builder::new().spawn(move || {
        let options = SessionOptions {
            batch,
            shader_checks: ShaderChecks::Checked,
            ..SessionOptions::default()
        };
        let session = tune::session(&gpu, &graph, kernel, &options);
        // Nobody listens after the limit.
        let _ = sender.send(session.and_then(|mut session| session.run(&input)));
    });
    started.map_err(|error| {
        let message = format!("cannot start a thread to run it on: {error}");
        Error::new(ErrorKind::Device, message).caused_by(error)
    })?;
    match receiver.recv_timeout(limit) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => Err(Error::new(
            ErrorKind::Device,
            format!("no answer after {} s", limit.as_secs_f64()),
        )),
        Err(RecvTimeoutError::Disconnected) => Err(Error::new(
            ErrorKind::Device,
            "compiling or running it failed",
        )),
    }
}

/// The largest difference, over the largest value.
///
/// # Errors
/// [`ErrorKind::Unsupported`] with the first wrong value, if there is one.
fn compared(expected: &Tensor, found: &Tensor) -> Result<f64> {
    let scale = expected
        .data()
        .iter()
        .fold(0.0, |most: f32, value| most.max(value.abs()));
    let scale = f64::from(scale).max(f64::MIN_POSITIVE);
    let pairs = expected.data().iter().zip(found.data());
    let differences =
        pairs.map(|(&expected, &found)| (f64::from(found) - f64::from(expected)).abs() / scale);
    let differences: Vec<f64> = differences.collect();
    let is_wrong = |difference: &f64| difference.is_nan() || *difference > TOLERANCE;
    let Some(first) = differences.iter().position(is_wrong) else {
        return Ok(differences.into_iter().fold(0.0, f64::max));
    };
    let Shape {
        channels,
        height,
        width,
    } = expected.shape();
    let (column, rest) = (first % width, first / width);
    let (row, rest) = (rest % height, rest / height);
    let (channel, image) = (rest % channels, rest / channels);
    let wrong = differences.iter().filter(|difference| is_wrong(difference));
    Err(Error::new(
        ErrorKind::Unsupported,
        format!(
            "wrong: the first at image {image}, channel {channel}, row {row}, column {column}: expected {}, found {}; \
             {} of {} values are off by more than {TOLERANCE:e} of the largest",
            expected.data()[first],
            found.data()[first],
            wrong.count(),
            differences.len()
        ),
    ))
}
