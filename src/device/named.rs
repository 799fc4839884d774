//! Devices by name, for plans and predictions with no such device at hand.

use super::class::DeviceClass;
use super::hardware::Hardware;
use super::matrix_sizes::MatrixSizes;
use super::profile::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::suggestion::nearest;

/// A device whose data sheet is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedDevice {
    /// Its name, as [`NamedDevice::find`] takes it.
    pub name: &'static str,
    /// The full name.
    pub full_name: &'static str,
    /// The text that names of adapters of this hardware contain.
    adapter: &'static str,
    /// Its limits and its speed.
    pub profile: DeviceProfile,
}

const fn hardware(
    class: DeviceClass,
    processors: u32,
    gigaflops: u64,
    gigabytes: u64,
    cache_megabytes: u64,
) -> Hardware {
    Hardware {
        processors,
        flops_per_second: gigaflops * 1_000_000_000,
        bytes_per_second: gigabytes * 1_000_000_000,
        cache_bytes: cache_megabytes << 20,
        ..Hardware::of_class(class)
    }
}

/// A GPU with these limits in wgpu: bytes of a binding, invocations of a workgroup, and lanes of a subgroup if their
/// number is fixed; and the matrices that shaders can multiply.
const fn profile(
    hardware: Hardware,
    max_binding_bytes: u64,
    max_invocations: u32,
    subgroup_size: Option<u32>,
    matrix_sizes: MatrixSizes,
) -> DeviceProfile {
    DeviceProfile {
        hardware: Some(hardware),
        max_binding_bytes,
        max_buffer_bytes: max_binding_bytes,
        max_invocations,
        subgroup_size,
        matrix_sizes,
        max_texture_side: 16_384,
        ..DeviceProfile::WEBGPU
    }
}

/// The most bytes of a binding that wgpu offers where the driver has no smaller limit.
const LARGEST: u64 = (1 << 31) - 1;

static DEVICES: [NamedDevice; 5] = [
    // NVIDIA H100 Tensor Core GPU data sheet (SXM): 66.9 TFLOP/s in f32 and 3.35 TB/s; Hopper architecture whitepaper:
    // 132 streaming multiprocessors, 50 MB of L2 cache, warps of 32. Matrix units: 989 TFLOP/s in f16, of which instructions
    // of a single warp, which Vulkan has, reach 62 % (https://arxiv.org/abs/2402.13499).
    NamedDevice {
        name: "h100",
        full_name: "NVIDIA H100 SXM",
        adapter: "H100",
        profile: profile(
            Hardware {
                matrix_speedup: Some(9),
                ..hardware(DeviceClass::Nvidia, 132, 66_900, 3_350, 50)
            },
            LARGEST,
            1024,
            Some(32),
            MatrixSizes::OF_16,
        ),
    },
    // AMD's product page: 96 compute units, 61.4 TFLOP/s in f32 (two operations issued at once), 960 GB/s, 96 MB of
    // Infinity Cache, 123 TFLOP/s of matrix units. The driver chooses waves of 32 or 64.
    NamedDevice {
        name: "rx7900xtx",
        full_name: "AMD Radeon RX 7900 XTX",
        adapter: "RX 7900 XTX",
        profile: profile(
            hardware(DeviceClass::Amd, 96, 61_400, 960, 96),
            LARGEST,
            1024,
            None,
            MatrixSizes::OF_16,
        ),
    },
    // Intel's product page: 32 Xe cores, 2100 MHz, 560 GB/s; Xe-HPG: 128 multiply-adds a core and clock, and 16 MB of
    // L2 cache. Subgroups of 8 to 32. Its matrices are 8x16x16, which shaders cannot use.
    NamedDevice {
        name: "arc-a770",
        full_name: "Intel Arc A770 16GB",
        adapter: "A770",
        profile: profile(
            hardware(DeviceClass::Intel, 32, 17_200, 560, 16),
            1 << 30,
            1024,
            None,
            MatrixSizes::NONE,
        ),
    },
    // Apple's technical specifications: 10 GPU cores and 100 GB/s. Apple states no rate: 128 lanes a core at 1.4 GHz, as
    // measured by others. 8 MB of system level cache, likewise.
    NamedDevice {
        name: "m3",
        full_name: "Apple M3 with 10 GPU cores",
        adapter: "Apple M3",
        profile: profile(
            hardware(DeviceClass::Apple, 10, 3_580, 100, 8),
            LARGEST,
            1024,
            Some(32),
            MatrixSizes::OF_8,
        ),
    },
    // Snapdragon 8 Gen 3 product brief: LPDDR5X at 4800 MHz, 77 GB/s. Qualcomm states no rate: 1536 lanes at 903 MHz in
    // 12 processors, as measured by others. Waves of 64 or 128.
    NamedDevice {
        name: "adreno750",
        full_name: "Qualcomm Adreno 750",
        adapter: "Adreno (TM) 750",
        profile: profile(
            hardware(DeviceClass::Mobile, 12, 2_770, 77, 3),
            128 << 20,
            1024,
            None,
            MatrixSizes::NONE,
        ),
    },
];

impl NamedDevice {
    /// All of them.
    pub fn all() -> &'static [Self] {
        &DEVICES
    }

    /// The device called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is none. The message lists the names, and the most similar one first.
    pub fn find(name: &str) -> Result<&'static Self> {
        let lower = name.to_lowercase();
        if let Some(device) = DEVICES.iter().find(|device| device.name == lower) {
            return Ok(device);
        }
        let names = || DEVICES.iter().map(|device| device.name);
        let known = names().collect::<Vec<&str>>().join(", ");
        Err(Error::new(
            ErrorKind::Input,
            match nearest(names(), &lower) {
                Some(near) => {
                    format!("no device {name:?}; did you mean {near}? there are: {known}")
                }
                None => format!("no device {name:?}; there are: {known}"),
            },
        ))
    }

    /// The device of an adapter with this name, if its data sheet is known.
    pub fn of_adapter(name: &str) -> Option<&'static Self> {
        DEVICES.iter().find(|device| name.contains(device.adapter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_name() {
        assert_eq!(NamedDevice::find("H100").unwrap().name, "h100");
        let error = NamedDevice::find("rx7900").unwrap_err().to_string();
        assert_eq!(
            error,
            "no device \"rx7900\"; did you mean rx7900xtx? \
             there are: h100, rx7900xtx, arc-a770, m3, adreno750"
        );
        let error = NamedDevice::find("zzz").unwrap_err().to_string();
        assert!(error.starts_with("no device \"zzz\"; there are: h100"));
    }

    #[test]
    fn an_adapter_is_known_by_its_name() {
        let found = |name: &str| NamedDevice::of_adapter(name).map(|device| device.name);
        let radeon = "AMD Radeon RX 7900 XTX (RADV NAVI31)";
        assert_eq!(found(radeon), Some("rx7900xtx"));
        assert_eq!(found("NVIDIA H100 80GB HBM3"), Some("h100"));
        assert_eq!(found("llvmpipe (LLVM 15.0.6, 256 bits)"), None);
    }
}
