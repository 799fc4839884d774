//! The device that tests run on, seen as several kinds of device.

use std::sync::OnceLock;

use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::gpu::{AdapterChoice, Gpu};

/// The default adapter: as it is, with nothing that not all have, with tensors in buffers, and as if it were a
/// graphics processor, so that every kernel, both ways to store tensors, and slots that are shared and apart are tried
/// wherever the tests run.
///
/// There is no way around an adapter: a test that does not run proves nothing.
pub fn devices() -> &'static [(&'static str, Gpu)] {
    static DEVICES: OnceLock<Vec<(&'static str, Gpu)>> = OnceLock::new();
    DEVICES.get_or_init(|| {
        let gpu = open();
        let native = gpu.profile().clone();
        let mut kinds: Vec<(&str, Gpu)> = Vec::new();
        for (name, profile) in profiles(&native) {
            // GL has no more than what all have.
            if kinds.iter().all(|(_, gpu)| *gpu.profile() != profile) {
                kinds.push((name, gpu.clone().with_profile(profile)));
            }
        }
        kinds
    })
}

/// The default adapter, as it is, as a device of its own.
pub fn open() -> Gpu {
    Gpu::open(&AdapterChoice::Default)
        .expect("an adapter; Debian's mesa-vulkan-drivers has one for any machine")
}

/// The ways in which a device like `native` is planned for.
pub fn profiles(native: &DeviceProfile) -> [(&'static str, DeviceProfile); 4] {
    let plain = DeviceProfile {
        subgroup_size: None,
        shared_slots: false,
        ..native.clone()
    };
    let buffers = DeviceProfile {
        storage: Storage::Buffer,
        shared_slots: true,
        ..plain.clone()
    };
    let gpu = DeviceProfile {
        kind: DeviceKind::Gpu,
        ..buffers.clone()
    };
    [
        ("native", native.clone()),
        ("plain", plain),
        ("in buffers", buffers),
        ("as on a GPU", gpu),
    ]
}
