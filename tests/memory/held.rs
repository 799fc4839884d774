//! What the program holds, on the host and on the device.

use std::sync::atomic::Ordering;

use menagerie::wgpu;

use crate::allocator::HELD;
use crate::common::application::Application;

pub struct Memory {
    pub resources: Vec<usize>,
    pub device: u64,
    pub held: isize,
    pub resident: u64,
}

impl Memory {
    pub fn of(application: &Application) -> Self {
        Self {
            resources: resources(&application.instance),
            device: device_bytes(&application.device),
            held: HELD.load(Ordering::Relaxed),
            resident: resident(),
        }
    }
}

/// What wgpu holds of each kind of resource.
pub fn resources(instance: &wgpu::Instance) -> Vec<usize> {
    let report = instance.generate_report().expect("a native instance");
    let hub = report.hub_report();
    [
        &hub.buffers,
        &hub.textures,
        &hub.texture_views,
        &hub.bind_groups,
        &hub.bind_group_layouts,
        &hub.pipeline_layouts,
        &hub.shader_modules,
        &hub.compute_pipelines,
        &hub.query_sets,
    ]
    .map(|registry| registry.num_allocated + registry.num_kept_from_user)
    .to_vec()
}

/// Bytes that the device's allocator has given out; zero on Metal, which does not tell.
pub fn device_bytes(device: &wgpu::Device) -> u64 {
    if cfg!(target_vendor = "apple") {
        return 0;
    }
    let report = device.generate_allocator_report();
    report
        .expect("an allocator that reports: Vulkan's or DX12's; Debian has mesa-vulkan-drivers")
        .total_allocated_bytes
}

/// Bytes of the process in memory; zero on systems that do not tell so.
fn resident() -> u64 {
    if cfg!(not(target_os = "linux")) {
        return 0;
    }
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = statm.split(' ').nth(1).unwrap();
    4096 * pages.parse::<u64>().unwrap()
}
