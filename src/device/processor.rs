//! What the processors of each class of devices are like.

use super::class::DeviceClass;
use super::storage::Storage;

/// A processor of a device: what it can hold, and what its instructions cost.
#[derive(Debug)]
pub(crate) struct Processor {
    /// Multiply-adds of f32 in each clock, which are also the invocations that it needs to be busy.
    pub lanes: u32,
    /// The most invocations that it holds at once.
    pub invocations: u32,
    /// Registers of 32 bits, of all invocations together.
    pub registers: u32,
    /// The most registers of an invocation. Beyond them, values are moved to memory and back (spills).
    pub registers_each: u32,
    /// Bytes of workgroup memory.
    pub workgroup_bytes: u32,
    /// Nanoseconds from a read of memory to the first use of the value.
    pub latency: f64,
    /// Part of the peak rate that a loop of multiply-adds reaches.
    pub share_of_peak: f64,
    /// The cache's rate, in units of the memory's rate.
    pub cache_rate: f64,
    /// What reads and writes cost.
    pub slots: Slots,
}

/// The time for which an operation occupies a lane, in multiply-adds.
#[derive(Debug)]
pub(crate) struct Slots {
    /// A read of a `vec4<f32>` from a buffer, and from a texture.
    pub read: [f64; 2],
    /// Finding a pixel of the input under a tap of the window, or its absence.
    pub tap: f64,
    /// An iteration of a loop.
    pub turn: f64,
    /// A read of a `vec4<f32>` from workgroup memory.
    pub shared: f64,
    /// A barrier, for each invocation.
    pub barrier: f64,
    /// A write of a `vec4<f32>` to a buffer, and to a texture.
    pub write: [f64; 2],
    /// Starting an invocation.
    pub start: f64,
}

impl Slots {
    /// A read from a tensor in `storage`.
    pub fn read(&self, storage: Storage) -> f64 {
        of_storage(self.read, storage)
    }

    /// A write to a tensor in `storage`.
    pub fn write(&self, storage: Storage) -> f64 {
        of_storage(self.write, storage)
    }
}

fn of_storage([buffer, texture]: [f64; 2], storage: Storage) -> f64 {
    match storage {
        Storage::Buffer => buffer,
        Storage::Texture => texture,
    }
}

/// The processors of `class`.
///
/// The slots of GPUs follow from the machine code that Mesa's drivers make for RDNA3, Ampere and Xe-HPG, and ptxas for
/// Hopper: vector instructions of the innermost loops of `conv_tiled`, `conv_split_k`, `conv`, `depthwise_unrolled` and `linear`
/// for each multiply-add (docs/performance.md). Those of software follow from the times that docs/performance.md lists.
pub(super) fn of_class(class: DeviceClass) -> &'static Processor {
    match class {
        DeviceClass::Amd => &AMD,
        DeviceClass::Nvidia => &NVIDIA,
        DeviceClass::Intel => &INTEL,
        DeviceClass::Apple => &APPLE,
        DeviceClass::Mobile => &MOBILE,
        DeviceClass::Gpu => &GPU,
        DeviceClass::Software => &SOFTWARE,
    }
}

/// A compute unit. AMD RDNA3 instruction set architecture: two SIMDs of 32 lanes, each of which can issue two
/// multiply-adds at once; 16 waves of 32 and 1536 registers a lane for each SIMD (Navi 31); 64 KiB of workgroup memory.
/// Compilers pair only a part of the multiply-adds.
static AMD: Processor = Processor {
    lanes: 128,
    invocations: 1024,
    registers: 98_304,
    registers_each: 256,
    workgroup_bytes: 64 << 10,
    latency: 350.0,
    share_of_peak: 0.65,
    cache_rate: 6.0,
    slots: Slots {
        read: [2.5, 2.5],
        tap: 16.0,
        turn: 6.0,
        shared: 1.1,
        barrier: 15.0,
        write: [8.0, 8.0],
        start: 60.0,
    },
};

/// A streaming multiprocessor. CUDA C++ programming guide, technical specifications of compute capability 8.0 and 9.0:
/// 128 lanes (8.6 and 9.0), 2048 invocations, 65536 registers, 255 of an invocation, and at least 100 KiB of workgroup
/// memory.
static NVIDIA: Processor = Processor {
    lanes: 128,
    invocations: 2048,
    registers: 65_536,
    registers_each: 255,
    workgroup_bytes: 100 << 10,
    latency: 500.0,
    share_of_peak: 0.9,
    cache_rate: 2.5,
    slots: Slots {
        read: [8.0, 8.0],
        tap: 14.0,
        turn: 6.0,
        shared: 2.5,
        barrier: 15.0,
        write: [16.0, 16.0],
        start: 60.0,
    },
};

/// An Xe core. Intel's Xe-HPG architecture guide: 16 vector engines of 8 lanes, each with 8 threads of 128 registers of
/// 8 lanes. With subgroups of 8, an invocation has 128 registers. 64 KiB of workgroup memory are free beside the cache.
static INTEL: Processor = Processor {
    lanes: 128,
    invocations: 1024,
    registers: 131_072,
    registers_each: 128,
    workgroup_bytes: 64 << 10,
    latency: 600.0,
    share_of_peak: 0.85,
    cache_rate: 4.0,
    slots: Slots {
        read: [5.0, 5.0],
        tap: 16.0,
        turn: 6.0,
        shared: 5.0,
        barrier: 15.0,
        write: [10.0, 10.0],
        start: 60.0,
    },
};

/// A GPU core. Apple's Metal feature set tables: 32 KiB of workgroup memory, 1024 invocations of a workgroup. 128 lanes
/// and 208 KiB of registers, as measured by others (https://github.com/philipturner/metal-benchmarks).
static APPLE: Processor = Processor {
    lanes: 128,
    invocations: 1024,
    registers: 53_248,
    registers_each: 256,
    workgroup_bytes: 60 << 10,
    latency: 500.0,
    share_of_peak: 0.85,
    cache_rate: 5.0,
    slots: Slots {
        read: [6.0, 6.0],
        tap: 14.0,
        turn: 6.0,
        shared: 4.0,
        barrier: 15.0,
        write: [10.0, 10.0],
        start: 60.0,
    },
};

/// Qualcomm's Snapdragon OpenCL guide: waves of 64 and 128, 32 KiB of workgroup memory that is not faster than the cache.
/// Registers are few: Arm's Mali best practice guide names 64 of an invocation, beyond which half as many are resident.
static MOBILE: Processor = Processor {
    lanes: 128,
    invocations: 1024,
    registers: 65_536,
    registers_each: 128,
    workgroup_bytes: 32 << 10,
    latency: 700.0,
    share_of_peak: 0.7,
    cache_rate: 4.0,
    slots: Slots {
        read: [8.0, 6.0],
        tap: 16.0,
        turn: 6.0,
        shared: 8.0,
        barrier: 15.0,
        write: [12.0, 12.0],
        start: 60.0,
    },
};

/// The middle of the desktop GPUs above.
static GPU: Processor = Processor {
    lanes: 128,
    invocations: 1024,
    registers: 65_536,
    registers_each: 255,
    workgroup_bytes: 64 << 10,
    latency: 500.0,
    share_of_peak: 0.8,
    cache_rate: 4.0,
    slots: Slots {
        read: [5.0, 5.0],
        tap: 16.0,
        turn: 6.0,
        shared: 2.0,
        barrier: 15.0,
        write: [10.0, 10.0],
        start: 60.0,
    },
};

/// A core that runs llvmpipe, with 8 lanes of AVX2. It runs one workgroup at a time, and nothing is hidden by other
/// workgroups: caches and reordering are the CPU's.
static SOFTWARE: Processor = Processor {
    lanes: 8,
    invocations: 8,
    registers: 1 << 20,
    registers_each: 1 << 10,
    workgroup_bytes: 1 << 20,
    latency: 0.0,
    share_of_peak: 1.0,
    cache_rate: 4.0,
    slots: Slots {
        read: [70.0, 22.0],
        tap: 44.0,
        turn: 45.0,
        shared: 140.0,
        barrier: 330.0,
        write: [200.0, 420.0],
        start: 15.0,
    },
};
