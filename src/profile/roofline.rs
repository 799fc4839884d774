//! The roofline of an adapter (Williams, Waterman, Patterson 2009, <https://doi.org/10.1145/1498765.1498785>), measured:
//! bytes per second of a large copy, and operations per second of multiply-adds in registers.

use std::time::Duration;

use crate::device::{DeviceProfile, Hardware, QUAD_BYTES, Storage};
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::Cost;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Bound, Call, Format, Instance, Kernel, Place, QUAD, Resource, read, write};
use crate::program::Program;
use crate::session::{Parameters, Session, SessionOptions};
use crate::tensor::Tensor;
use crate::timing::{Clock, Timer, Timing};

/// Number of quads that an invocation of [`COPY`] copies.
const BLOCK: usize = 4;
/// Most quads of the copy, if the device has enough memory: 128 MiB, which is more than caches hold.
const LARGEST_COPY: usize = 8 << 20;
/// Number of sums of an invocation of [`MULTIPLY_ADD`]. Each has four values.
const TILE: usize = 8;
/// Number of multiply-adds of each sum in one round of the loop.
const STEPS: usize = 8;
/// Rounds of the loop. With this number, the single write after the loop takes negligible time.
const ROUNDS: usize = 256;
/// Most invocations of [`MULTIPLY_ADD`].
const MOST_INVOCATIONS: usize = 4 << 20;
/// The least time of a dispatch, so that its start and end take negligible time. It is short, so that some
/// dispatches run undisturbed on an adapter that is the machine's own processor.
const LEAST_TIME: Duration = Duration::from_millis(1);
/// Number of dispatches of a run.
const DISPATCHES: usize = 4;
/// How long each measurement is repeated. The fastest dispatch counts.
const REPEAT_FOR: Duration = Duration::from_millis(500);

/// The kernels that measure the roofline. They compute no operation of a graph.
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

/// The roofline of an adapter: its peak rates of computing and of memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roofline {
    /// Peak floating-point operations per second. A multiply-add counts as two.
    pub flops_per_second: f64,
    /// Peak bytes per second, read and written bytes together.
    pub bytes_per_second: f64,
}

impl Roofline {
    /// Measures both rates, in about two seconds. The device should have no other work meanwhile.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] if the device fails, has less than 256 MiB of free memory, or its clock does not advance.
    pub async fn measure_async(gpu: &Gpu) -> Result<Self> {
        Ok(Self {
            flops_per_second: multiply_adds(gpu).await?,
            bytes_per_second: copy(gpu).await?,
        })
    }

    /// `hardware` with these rates instead of those of a data sheet.
    pub fn hardware(&self, hardware: Hardware) -> Hardware {
        hardware.measured(self.flops_per_second, self.bytes_per_second)
    }

    /// The least time for `cost`, in seconds: the larger of its computing time and its memory time, since both overlap.
    pub fn least_seconds(&self, cost: &Cost) -> f64 {
        let computing = cost.flops as f64 / self.flops_per_second;
        let moving = cost.bytes() as f64 / self.bytes_per_second;
        computing.max(moving)
    }
}

/// Bytes per second of a copy in buffers or in textures, whichever is faster.
async fn copy(gpu: &Gpu) -> Result<f64> {
    let mut fastest = 0.0_f64;
    for storage in [Storage::Buffer, Storage::Texture] {
        let profile = DeviceProfile {
            storage,
            ..gpu.profile().clone()
        };
        let most = LARGEST_COPY.min(profile.max_quads()) / BLOCK;
        let gpu = gpu.clone().with_profile(profile);
        let rate = rate(most / 16, most, async |items, repeat_for| {
            let quads = items * BLOCK;
            let work = 2 * quads as u64 * QUAD_BYTES;
            let call = copy_call(items);
            let time = shortest(&gpu, &call, vec![quads; 2], repeat_for).await?;
            Ok((work, time))
        });
        fastest = fastest.max(rate.await?);
    }
    Ok(fastest)
}

async fn multiply_adds(gpu: &Gpu) -> Result<f64> {
    let most = MOST_INVOCATIONS.min(gpu.profile().max_quads());
    rate(most >> 12, most, async |invocations, repeat_for| {
        let work = (2 * QUAD * TILE * STEPS * ROUNDS * invocations) as u64;
        let call = multiply_add_call(invocations);
        let time = shortest(gpu, &call, vec![invocations], repeat_for).await?;
        Ok((work, time))
    })
    .await
}

/// A call that copies the first slot to the second.
fn copy_call(items: usize) -> Call {
    let bound = vec![slot(0, items * BLOCK), slot(1, items * BLOCK)];
    call(&COPY, &[Value::Word(items)], bound, items)
}

fn multiply_add_call(invocations: usize) -> Call {
    // Halving and adding 1 converges to 2 from any value.
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

/// The first `length` quads of a slot.
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

/// Work per second. `measure(size, repeat_for)` returns the work of a size and its time. The size is doubled, from `least`
/// to at most `most`, until a dispatch takes [`LEAST_TIME`].
async fn rate(
    least: usize,
    most: usize,
    measure: impl AsyncFn(usize, Duration) -> Result<(u64, Duration)>,
) -> Result<f64> {
    let mut size = least;
    while size <= most / 2 && measure(size, Duration::ZERO).await?.1 < LEAST_TIME {
        size *= 2;
    }
    let (work, time) = measure(size, REPEAT_FOR).await?;
    match time.is_zero() {
        true => Err(Error::new(
            ErrorKind::Device,
            "the device's clock stands still",
        )),
        false => Ok(work as f64 / time.as_secs_f64()),
    }
}

/// The shortest time of `call`, which is repeated for the time `repeat_for`.
async fn shortest(
    gpu: &Gpu,
    call: &Call,
    slots: Vec<usize>,
    repeat_for: Duration,
) -> Result<Duration> {
    let timer = match Timing::of(gpu) {
        Timing::WallOnly => None,
        Timing::InPass | Timing::PassPerKernel => Some(Timer::new(gpu, DISPATCHES)?),
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
                .run_timed(&[(&input).into()], Timing::PassPerKernel, timer)
                .await?
                .iter()
                .map(|[begin, end]| Duration::from_nanos(end.saturating_sub(*begin)))
                .fold(shortest, Duration::min),
            None => {
                session.run_async(&input).await?;
                shortest.min(clock.since(begin).duration() / DISPATCHES as u32)
            }
        };
        if clock.now() >= repeat_for {
            return Ok(shortest);
        }
    }
}

/// A session that runs `call` [`DISPATCHES`] times. Its input is the first quad of the first slot, and its output the
/// first quad of the last slot.
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

    /// The kernels must do their work: a compiler that removed it would make the measured rates meaningless.
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
    fn the_longer_of_computing_and_copying_counts() {
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
