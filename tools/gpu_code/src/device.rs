//! A Vulkan device with the features that wgpu turns on for menagerie, since some change the code of every kernel.

use std::ffi::CStr;

use ash::khr::cooperative_matrix;
use ash::khr::pipeline_executable_properties as executable_properties;
use ash::{ext, vk};

/// Whether the device checks what shaders access.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Robustness {
    /// Wherever the driver can, on buffers and images: wgpu turns it on for all pipelines, trusted or not.
    AsWgpu,
    None,
}

/// A device that compiles. It lives as long as the process, and so is never destroyed.
pub struct Device {
    /// Name of the GPU, driver and its version.
    pub description: String,
    pub device: ash::Device,
    pub executables: executable_properties::Device,
    _entry: ash::Entry,
}

impl Device {
    /// The first device that the loader finds.
    pub fn open(robustness: Robustness) -> Result<Self, String> {
        let failed = |what: &str| {
            let what = what.to_owned();
            move |error: vk::Result| format!("{what}: {error}")
        };
        // SAFETY: the library is the system's Vulkan loader; nothing else in this program runs while it is initialised.
        let entry = unsafe { ash::Entry::load() }.map_err(|error| format!("libvulkan: {error}"))?;
        let application = vk::ApplicationInfo::default().api_version(vk::API_VERSION_1_3);
        let create = vk::InstanceCreateInfo::default().application_info(&application);
        // SAFETY: `create` names no layers or extensions, and outlives the call.
        let instance =
            unsafe { entry.create_instance(&create, None) }.map_err(failed("instance"))?;
        // SAFETY: the instance is alive: it is never destroyed.
        let found = unsafe { instance.enumerate_physical_devices() }.map_err(failed("devices"))?;
        let &physical = found
            .first()
            .ok_or("expected a Vulkan device, found none")?;

        // SAFETY: `physical` is of this instance.
        let extensions = unsafe { instance.enumerate_device_extension_properties(physical) }
            .map_err(failed("extensions"))?;
        let has = |name: &CStr| {
            let mut names = extensions
                .iter()
                .map(|found| found.extension_name_as_c_str());
            names.any(|found| found == Ok(name))
        };
        if !has(executable_properties::NAME) {
            return Err("the driver tells nothing of what it compiled".into());
        }
        let matrices = has(cooperative_matrix::NAME);
        let checks = has(ext::robustness2::NAME) && robustness == Robustness::AsWgpu;

        let mut of_13 = vk::PhysicalDeviceVulkan13Features::default();
        let mut of_12 = vk::PhysicalDeviceVulkan12Features::default();
        let mut of_11 = vk::PhysicalDeviceVulkan11Features::default();
        let mut of_checks = vk::PhysicalDeviceRobustness2FeaturesEXT::default();
        let mut have = vk::PhysicalDeviceFeatures2::default()
            .push_next(&mut of_11)
            .push_next(&mut of_12)
            .push_next(&mut of_13)
            .push_next(&mut of_checks);
        // SAFETY: `physical` is of this instance, and each structure of the chain is in it once.
        unsafe { instance.get_physical_device_features2(physical, &mut have) };
        let core = vk::PhysicalDeviceFeatures {
            robust_buffer_access: have.features.robust_buffer_access
                & vk::Bool32::from(robustness == Robustness::AsWgpu),
            ..Default::default()
        };
        let mut of_13 = vk::PhysicalDeviceVulkan13Features::default()
            .robust_image_access(of_13.robust_image_access != 0 && robustness == Robustness::AsWgpu)
            .subgroup_size_control(true)
            .compute_full_subgroups(true);
        let mut of_12 = vk::PhysicalDeviceVulkan12Features::default()
            .vulkan_memory_model(of_12.vulkan_memory_model != 0)
            .vulkan_memory_model_device_scope(of_12.vulkan_memory_model_device_scope != 0)
            .shader_float16(of_12.shader_float16 != 0);
        let mut of_11 = vk::PhysicalDeviceVulkan11Features::default()
            .storage_buffer16_bit_access(of_11.storage_buffer16_bit_access != 0);
        let mut of_matrices =
            vk::PhysicalDeviceCooperativeMatrixFeaturesKHR::default().cooperative_matrix(true);
        let mut of_checks = vk::PhysicalDeviceRobustness2FeaturesEXT::default()
            .robust_buffer_access2(of_checks.robust_buffer_access2 != 0)
            .robust_image_access2(of_checks.robust_image_access2 != 0);
        let mut of_executables =
            vk::PhysicalDevicePipelineExecutablePropertiesFeaturesKHR::default()
                .pipeline_executable_info(true);

        let queues = [vk::DeviceQueueCreateInfo::default()
            .queue_family_index(0)
            .queue_priorities(&[1.0])];
        let mut names = vec![executable_properties::NAME.as_ptr()];
        if checks {
            names.push(ext::robustness2::NAME.as_ptr());
        }
        if matrices {
            names.push(cooperative_matrix::NAME.as_ptr());
        }
        let mut create = vk::DeviceCreateInfo::default()
            .queue_create_infos(&queues)
            .enabled_extension_names(&names)
            .enabled_features(&core)
            .push_next(&mut of_11)
            .push_next(&mut of_12)
            .push_next(&mut of_13)
            .push_next(&mut of_executables);
        if checks {
            create = create.push_next(&mut of_checks);
        }
        if matrices {
            create = create.push_next(&mut of_matrices);
        }
        // SAFETY: every device has a first family with a queue; the extensions are there, and of the features those that
        // the device was just asked for, or that Vulkan 1.3 demands; all that `create` points to outlives the call.
        let device =
            unsafe { instance.create_device(physical, &create, None) }.map_err(failed("device"))?;
        Ok(Self {
            description: description(&instance, physical),
            executables: executable_properties::Device::new(&instance, &device),
            device,
            _entry: entry,
        })
    }
}

fn description(instance: &ash::Instance, physical: vk::PhysicalDevice) -> String {
    let mut driver = vk::PhysicalDeviceDriverProperties::default();
    let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut driver);
    // SAFETY: `physical` is of this instance, which is alive, and the chain has one structure.
    unsafe { instance.get_physical_device_properties2(physical, &mut properties) };
    let text = |text: Result<&CStr, _>| {
        text.map_or("unnamed".into(), |text: &CStr| {
            text.to_string_lossy().into_owned()
        })
    };
    let name = text(properties.properties.device_name_as_c_str());
    let version = text(driver.driver_info_as_c_str());
    format!("{name}: {} {version}", text(driver.driver_name_as_c_str()))
}
