//! The speed of hardware, from which the time of a kernel is predicted.

use super::class::DeviceClass;
use super::processor::{self, Processor};

/// The rates of a device. They are those of a data sheet or of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardware {
    /// Whose processors it has.
    pub class: DeviceClass,
    /// Number of processors. A workgroup runs on one of them: a compute unit of AMD, a streaming multiprocessor of
    /// NVIDIA, an Xe core of Intel, a GPU core of Apple, a core of a CPU.
    pub processors: u32,
    /// Peak floating-point operations per second in f32. A multiply-add counts as two.
    pub flops_per_second: u64,
    /// How many times as many floating-point operations its matrix units do, with operands in f16 and sums in f32, if they are
    /// known to be worth it. Plans use matrix units of other devices, and those that are not faster than the rest of the
    /// processor, only where a measurement says so.
    pub matrix_speedup: Option<u32>,
    /// Peak bytes per second of the memory.
    pub bytes_per_second: u64,
    /// Bytes of the last cache in front of the memory.
    pub cache_bytes: u64,
    /// Time between two dispatches of which the second reads what the first writes.
    pub launch_nanoseconds: u32,
}

const GIGA: u64 = 1_000_000_000;
const MEGABYTE: u64 = 1 << 20;

impl Hardware {
    /// Typical hardware of `class`, for a device of which nothing else is known.
    pub const fn of_class(class: DeviceClass) -> Self {
        // Processors, GFLOP/s, GB/s, MiB of cache, ns between dispatches. No vendor states the last one: it is what
        // timings of dependent dispatches of each vendor's drivers suggest, and a measurement is to replace it.
        let [processors, gigaflops, gigabytes, cache, launch] = match class {
            // Radeon RX 7600, https://www.amd.com/en/products/graphics/desktops/radeon/7000-series/amd-radeon-rx-7600.html
            DeviceClass::Amd => [32, 21_500, 288, 32, 4000],
            // GeForce RTX 3060, NVIDIA Ampere GA102 whitepaper v2, and its product page.
            DeviceClass::Nvidia => [28, 12_740, 360, 3, 3000],
            // Iris Xe with 96 execution units, 6 Xe cores of today's count, at 1.4 GHz, and LPDDR4X-4266: Intel's
            // product page of the Core i7-1185G7.
            DeviceClass::Intel => [6, 2_150, 68, 4, 6000],
            // M1 with 8 GPU cores: Apple's announcement (2.6 TFLOP/s), and 68 GB/s of its memory.
            DeviceClass::Apple => [8, 2_600, 68, 8, 5000],
            // Between Mali-G78 MP14 and Adreno 660; LPDDR5-6400 on 64 bits.
            DeviceClass::Mobile => [8, 1_500, 51, 2, 15_000],
            // The middle of the desktop GPUs above and in `named`.
            DeviceClass::Gpu => [64, 20_000, 500, 32, 4000],
            // A laptop's CPU with AVX2: llvmpipe's roofline on two cores (docs/performance.md), and its time between
            // dispatches.
            DeviceClass::Software => [2, 115, 14, 8, 20_000],
        };
        // With operands in f16 and sums in f32, as the same sources say: the RX 7600 does 43.5 TFLOP/s, and the GeForce cards of
        // Ampere twice as many as in f32. On an Arc A770, a quarter of all networks get slower
        // (https://github.com/ggml-org/llama.cpp/pull/24404). Apple's matrix instructions run on the lanes that compute in
        // f32 as well.
        let matrix_speedup = match class {
            DeviceClass::Amd | DeviceClass::Nvidia => Some(2),
            DeviceClass::Intel
            | DeviceClass::Apple
            | DeviceClass::Mobile
            | DeviceClass::Gpu
            | DeviceClass::Software => None,
        };
        Self {
            class,
            processors: processors as u32,
            flops_per_second: gigaflops * GIGA,
            matrix_speedup,
            bytes_per_second: gigabytes * GIGA,
            cache_bytes: cache * MEGABYTE,
            launch_nanoseconds: launch as u32,
        }
    }

    /// The same with the measured peak rates of a device.
    pub fn measured(self, flops_per_second: f64, bytes_per_second: f64) -> Self {
        Self {
            flops_per_second: flops_per_second as u64,
            bytes_per_second: bytes_per_second as u64,
            ..self
        }
    }

    /// The same with `processors` processors, each as fast as before.
    pub fn with_processors(self, processors: u32) -> Self {
        let each = self.flops_per_second / u64::from(self.processors);
        Self {
            processors,
            flops_per_second: each * u64::from(processors),
            ..self
        }
    }

    /// What its processors are like.
    pub(crate) fn processor(&self) -> &'static Processor {
        processor::of_class(self.class)
    }
}
