//! The hardware of an adapter, as far as the adapter tells.

use crate::device::{DeviceClass, Hardware, NamedDevice};

/// Vendors by their number on the PCI bus (<https://pcisig.com/membership/member-companies>), and Qualcomm, Arm and
/// Imagination by the one that their drivers use. Apple's drivers state no vendor.
const VENDORS: [(u32, DeviceClass); 6] = [
    (0x1002, DeviceClass::Amd),
    (0x10DE, DeviceClass::Nvidia),
    (0x8086, DeviceClass::Intel),
    (0x5143, DeviceClass::Mobile),
    (0x13B5, DeviceClass::Mobile),
    (0x1010, DeviceClass::Mobile),
];

/// The hardware of the adapter of `info`: that of its data sheet if its name is known, otherwise that of its class.
pub fn of(info: &wgpu::AdapterInfo) -> Hardware {
    if let Some(hardware) = NamedDevice::of_adapter(&info.name).and_then(|it| it.profile.hardware) {
        return hardware;
    }
    let class = class(info);
    let hardware = Hardware::of_class(class);
    match class {
        DeviceClass::Software => hardware.with_processors(threads()),
        _ => hardware,
    }
}

fn class(info: &wgpu::AdapterInfo) -> DeviceClass {
    if info.device_type == wgpu::DeviceType::Cpu {
        return DeviceClass::Software;
    }
    let vendor = VENDORS.iter().find(|(vendor, _)| *vendor == info.vendor);
    match vendor {
        Some((_, class)) => *class,
        None if info.backend == wgpu::Backend::Metal => DeviceClass::Apple,
        None => DeviceClass::Gpu,
    }
}

/// Number of threads of a software driver.
fn threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |threads| threads.get() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_follows_from_vendor_backend_and_type() {
        let class = |vendor, backend, device_type| {
            class(&wgpu::AdapterInfo {
                vendor,
                ..wgpu::AdapterInfo::new(device_type, backend)
            })
        };
        use wgpu::{Backend, DeviceType};
        let discrete = DeviceType::DiscreteGpu;
        let found = class(0x10DE, Backend::Vulkan, discrete);
        assert_eq!(found, DeviceClass::Nvidia);
        // An AMD card of a Mac.
        assert_eq!(class(0x1002, Backend::Metal, discrete), DeviceClass::Amd);
        let integrated = DeviceType::IntegratedGpu;
        assert_eq!(class(0, Backend::Metal, integrated), DeviceClass::Apple);
        assert_eq!(
            class(0, Backend::BrowserWebGpu, integrated),
            DeviceClass::Gpu
        );
        let cpu = DeviceType::Cpu;
        assert_eq!(class(0x10005, Backend::Vulkan, cpu), DeviceClass::Software);
    }
}
