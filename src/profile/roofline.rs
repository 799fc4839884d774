//! What an adapter can do at most, measured on the spot: bytes a second of a large copy, operations a second
//! of multiply-adds in registers. Together they are its roofline (Williams, Waterman, Patterson 2009,
//! <https://doi.org/10.1145/1498765.1498785>).

use std::time::Duration;

use crate::device::{DeviceProfile, QUAD_BYTES, Storage};
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::Cost;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Bound, Call, Format, Instance, Kernel, Place, QUAD, Resource, read, write};
use crate::program::Program;
use crate::session::{Parameters, Session, SessionOptions};
use crate::tensor::Tensor;
use crate::timing::{Clock, Timer, Timing};

/// Quads that an invocation of [`COPY`] copies.
const BLOCK: usize = 4;
/// Most quads of the copy, where the device has room: 128 MiB, more than caches hold.
const LARGEST_COPY: usize = 8 << 20;
/// Sums of an invocation of [`MULTIPLY_ADD`], of four values each.
const TILE: usize = 8;
/// Multiply-adds of each sum in one round of the loop.
const STEPS: usize = 8;
/// Rounds of the loop: so many that the single write behind it does not count.
const ROUNDS: usize = 256;
/// Most invocations of [`MULTIPLY_ADD`].
const MOST_INVOCATIONS: usize = 4 << 20;
/// What a dispatch should take at least, so that its begin and end do not count; and not much more, so that
/// some of them go undisturbed on an adapter that is also the machine's processor.
const LONG_ENOUGH: Duration = Duration::from_millis(1);
/// Dispatches of a run.
const DISPATCHES: usize = 4;
/// How long each measurement is repeated; the fastest dispatch counts.
const PATIENCE: Duration = Duration::from_millis(500);

/// The kernels that measure the roofline. They compute no operation.
pub static ROOFLINE_KERNELS: &[&Kernel] = &[&COPY, &MULTIPLY_ADD];

static COPY: Kernel = Kernel {
    name: "copy",
    shader: &[include_str!("../../shaders/roofline/copy.wgsl")],
    uniform: &[("items", Field::Word)],
    bindings: &[read("input"), write("output")],
    instances: &[Instance::only(64, &[("BLOCK", BLOCK)])],
    ..Kernel::COMMON
};

static MULTIPLY_ADD: Kernel = Kernel {
    name: "multiply_add",
    shader: &[include_str!("../../shaders/roofline/multiply_add.wgsl")],
    uniform: &[
        ("factor", Field::Number),
        ("summand", Field::Number),
        ("rounds", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[write("output")],
    instances: &[Instance::only(64, &[("TILE", TILE), ("STEPS", STEPS)])],
    ..Kernel::COMMON
};

/// What an adapter can do at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roofline {
    /// Floating-point operations a second; a multiply-add is two.
    pub flops_per_second: f64,
    /// Bytes a second, those read and those written together.
    pub bytes_per_second: f64,
}

impl Roofline {
    /// Measures both: about two seconds. The device should have nothing else to do.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] where the device fails, has no 256 MiB left, or its clock stands still.
    pub async fn measure_async(gpu: &Gpu) -> Result<Self> {
        Ok(Self {
            flops_per_second: multiply_adds(gpu).await?,
            bytes_per_second: copy(gpu).await?,
        })
    }

    /// The least time, in seconds, that `cost` can take: computing and moving go on side by side.
    pub fn least_seconds(&self, cost: &Cost) -> f64 {
        let computing = cost.flops as f64 / self.flops_per_second;
        let moving = cost.bytes() as f64 / self.bytes_per_second;
        computing.max(moving)
    }
}

/// Of buffers and textures, those that are faster count.
async fn copy(gpu: &Gpu) -> Result<f64> {
    let mut fastest = 0.0_f64;
    for storage in [Storage::Buffer, Storage::Texture] {
        let profile = DeviceProfile {
            storage,
            ..gpu.profile().clone()
        };
        let most = LARGEST_COPY.min(profile.max_quads()) / BLOCK;
        let gpu = gpu.clone().with_profile(profile);
        let rate = rate(most / 16, most, async |items, patience| {
            let quads = items * BLOCK;
            let work = 2 * quads as u64 * QUAD_BYTES;
            let call = copy_call(items);
            let time = shortest(&gpu, &call, vec![quads; 2], patience).await?;
            Ok((work, time))
        });
        fastest = fastest.max(rate.await?);
    }
    Ok(fastest)
}

async fn multiply_adds(gpu: &Gpu) -> Result<f64> {
    let most = MOST_INVOCATIONS.min(gpu.profile().max_quads());
    rate(most >> 12, most, async |invocations, patience| {
        let work = (2 * QUAD * TILE * STEPS * ROUNDS * invocations) as u64;
        let call = multiply_add_call(invocations);
        let time = shortest(gpu, &call, vec![invocations], patience).await?;
        Ok((work, time))
    })
    .await
}

/// From the first slot to the second.
fn copy_call(items: usize) -> Call {
    let bound = vec![slot(0, items * BLOCK), slot(1, items * BLOCK)];
    call(&COPY, &[Value::Word(items)], bound, items)
}

fn multiply_add_call(invocations: usize) -> Call {
    // Halving and adding 1 tends to 2 from anywhere.
    let values = [
        Value::Number(0.5),
        Value::Number(1.0),
        Value::Word(ROUNDS),
        Value::Word(invocations),
    ];
    call(
        &MULTIPLY_ADD,
        &values,
        vec![slot(0, invocations)],
        invocations,
    )
}

/// The first so many `vec4<f32>` of a slot.
fn slot(slot: usize, length: usize) -> Bound {
    let format = Format::default();
    let place = Place {
        slot,
        begin: 0,
        length: format.bytes(length),
    };
    Bound {
        resource: Resource::Activations(place),
        format,
        reach: length,
    }
}

fn call(
    kernel: &'static Kernel,
    values: &[Value<'_>],
    bound: Vec<Bound>,
    invocations: usize,
) -> Call {
    Call::new(kernel, &kernel.instances[0], values, bound, invocations)
}

/// Work a second, where `measure` answers the work of a size and how long it takes, given how long to repeat
/// it: of the first size, doubled from `least` to `most`, that takes long enough.
async fn rate(
    least: usize,
    most: usize,
    measure: impl AsyncFn(usize, Duration) -> Result<(u64, Duration)>,
) -> Result<f64> {
    let mut size = least;
    while size <= most / 2 && measure(size, Duration::ZERO).await?.1 < LONG_ENOUGH {
        size *= 2;
    }
    let (work, time) = measure(size, PATIENCE).await?;
    match time.is_zero() {
        true => Err(Error::new(
            ErrorKind::Device,
            "the device's clock stands still",
        )),
        false => Ok(work as f64 / time.as_secs_f64()),
    }
}

/// The shortest time of `call`, repeated for as long as `patience` lasts.
async fn shortest(
    gpu: &Gpu,
    call: &Call,
    slots: Vec<usize>,
    patience: Duration,
) -> Result<Duration> {
    let timer = match Timing::of(gpu) {
        Timing::WallOnly => None,
        Timing::InPass | Timing::PassPerKernel => Some(Timer::new(gpu, DISPATCHES)),
    };
    let mut session = session(gpu, call, slots).await?;
    let input = Tensor::zeros(1, session.input_shape());
    session.run_async(&input).await?;
    let mut shortest = Duration::MAX;
    let clock = Clock::start();
    loop {
        let begin = clock.now();
        shortest = match &timer {
            Some(timer) => session
                .run_timed(&input, Timing::PassPerKernel, timer)
                .await?
                .iter()
                .map(|[begin, end]| Duration::from_nanos(end.saturating_sub(*begin)))
                .fold(shortest, Duration::min),
            None => {
                session.run_async(&input).await?;
                shortest.min(clock.since(begin).duration() / DISPATCHES as u32)
            }
        };
        if clock.now() >= patience {
            return Ok(shortest);
        }
    }
}

/// Runs `call` a few times over; its input and answer are the first quads of the first and the last slot.
async fn session(gpu: &Gpu, call: &Call, slots: Vec<usize>) -> Result<Session> {
    let (name, calls) = (call.kernel.name, vec![call.clone(); DISPATCHES]);
    let slots = slots
        .into_iter()
        .map(|length| Format::default().bytes(length));
    let program = Program::of_calls(name, calls, slots.collect(), gpu.profile())?;
    let options = SessionOptions::default();
    Session::of_program_async(&program, &Parameters::none(gpu), &options).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::AdapterChoice;

    /// What is timed must be done: a kernel that a compiler could empty would have no ceiling.
    #[test]
    fn the_kernels_copy_and_compute() {
        let gpu = Gpu::open(&AdapterChoice::Default).unwrap();
        let answer = |call: &Call, slots: Vec<usize>| {
            let mut session = pollster::block_on(session(&gpu, call, slots)).unwrap();
            let input = Tensor::new(1, session.input_shape(), vec![1.0, -2.0, 3.5, 4.0]);
            session.run(&input.unwrap()).unwrap().data().to_vec()
        };
        let copied = answer(&copy_call(100), vec![100 * BLOCK; 2]);
        assert_eq!(copied, [1.0, -2.0, 3.5, 4.0]);
        let computed = answer(&multiply_add_call(100), vec![100]);
        assert_eq!(computed, [2.0 * TILE as f32; 4]);
    }

    #[test]
    fn what_takes_longer_counts() {
        let roofline = Roofline {
            flops_per_second: 100.0,
            bytes_per_second: 10.0,
        };
        let seconds = |flops, activation_bytes| {
            roofline.least_seconds(&Cost {
                flops,
                activation_bytes,
                parameter_bytes: 5,
            })
        };
        assert_eq!(seconds(400, 15), 4.0);
        assert_eq!(seconds(400, 55), 6.0);
        assert_eq!(seconds(0, 5), 1.0);
    }
}
