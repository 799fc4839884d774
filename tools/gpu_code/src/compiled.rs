//! A compiled pipeline, and what the driver tells of it.

use ash::vk;

use crate::device::Device;
use crate::folder::Pipeline;

/// One program that the driver made of a pipeline; most make one, some one for each width.
pub struct Executable {
    /// The driver's numbers by its names, and `subgroup size`.
    pub statistics: Vec<(String, f64)>,
    /// The driver's texts by its names, machine code among them.
    pub listings: Vec<(String, Vec<u8>)>,
}

/// Compiles `pipeline` as wgpu does where the device has subgroups: with any subgroup size that the driver likes.
pub fn executables(device: &Device, pipeline: &Pipeline) -> Result<Vec<Executable>, String> {
    let failed = |error: vk::Result| format!("{}: {error}", pipeline.name);
    let info = compile(device, pipeline).map_err(failed)?;
    let info = vk::PipelineInfoKHR::default().pipeline(info);
    // SAFETY: the pipeline is of this device, is never destroyed, and was made to be asked about.
    let found = unsafe { device.executables.get_pipeline_executable_properties(&info) };
    let found = found.map_err(failed)?;
    let executables = found.iter().enumerate().map(|(index, properties)| {
        let info = vk::PipelineExecutableInfoKHR::default()
            .pipeline(info.pipeline)
            .executable_index(index as u32);
        let mut statistics = statistics(device, &info)?;
        statistics.push(("subgroup size".into(), f64::from(properties.subgroup_size)));
        let listings = listings(device, &info)?;
        Ok(Executable {
            statistics,
            listings,
        })
    });
    executables.collect::<Result<_, _>>().map_err(failed)
}

fn compile(device: &Device, pipeline: &Pipeline) -> Result<vk::Pipeline, vk::Result> {
    let bindings: Vec<_> = (pipeline.bindings.iter())
        .map(|&(binding, kind)| {
            vk::DescriptorSetLayoutBinding::default()
                .binding(binding)
                .descriptor_type(kind)
                .descriptor_count(1)
                .stage_flags(vk::ShaderStageFlags::COMPUTE)
        })
        .collect();
    let device = &device.device;
    let create = vk::DescriptorSetLayoutCreateInfo::default().bindings(&bindings);
    // SAFETY: the device is alive: it is never destroyed. `create` outlives the call.
    let sets = [unsafe { device.create_descriptor_set_layout(&create, None) }?];
    let create = vk::PipelineLayoutCreateInfo::default().set_layouts(&sets);
    // SAFETY: as above; the set's layout was just made on this device.
    let layout = unsafe { device.create_pipeline_layout(&create, None) }?;
    let create = vk::ShaderModuleCreateInfo::default().code(&pipeline.words);
    // SAFETY: as above. That the words are valid SPIR-V is the word of naga, which wrote them; a driver that is given others
    // may crash, and this process with it.
    let module = unsafe { device.create_shader_module(&create, None) }?;
    let stage = vk::PipelineShaderStageCreateInfo::default()
        .stage(vk::ShaderStageFlags::COMPUTE)
        .module(module)
        .name(c"main")
        .flags(vk::PipelineShaderStageCreateFlags::ALLOW_VARYING_SUBGROUP_SIZE);
    let create = vk::ComputePipelineCreateInfo::default()
        .stage(stage)
        .layout(layout)
        .flags(
            vk::PipelineCreateFlags::CAPTURE_STATISTICS_KHR
                | vk::PipelineCreateFlags::CAPTURE_INTERNAL_REPRESENTATIONS_KHR,
        );
    // SAFETY: module and layout were made on this device; subgroupSizeControl and pipelineExecutableInfo, which the flags
    // need, are on; the list that the bindings come from is the module's.
    let made =
        unsafe { device.create_compute_pipelines(vk::PipelineCache::null(), &[create], None) };
    made.map(|pipelines| pipelines[0])
        .map_err(|(_, error)| error)
}

fn statistics(
    device: &Device,
    info: &vk::PipelineExecutableInfoKHR<'_>,
) -> Result<Vec<(String, f64)>, vk::Result> {
    // SAFETY: the pipeline captured its statistics, and has an executable of this index.
    let found = unsafe { device.executables.get_pipeline_executable_statistics(info) }?;
    let statistics = found.iter().map(|statistic| {
        let name = statistic.name_as_c_str().unwrap_or(c"unnamed");
        // SAFETY: the format tells which field the driver has written.
        let value = unsafe {
            match statistic.format {
                vk::PipelineExecutableStatisticFormatKHR::BOOL32 => f64::from(statistic.value.b32),
                vk::PipelineExecutableStatisticFormatKHR::INT64 => statistic.value.i64 as f64,
                vk::PipelineExecutableStatisticFormatKHR::UINT64 => statistic.value.u64 as f64,
                _ => statistic.value.f64,
            }
        };
        (name.to_string_lossy().into_owned(), value)
    });
    // A hash is no number that could be compared.
    Ok(statistics
        .filter(|(name, _)| !name.to_lowercase().contains("hash"))
        .collect())
}

fn listings(
    device: &Device,
    info: &vk::PipelineExecutableInfoKHR<'_>,
) -> Result<Vec<(String, Vec<u8>)>, vk::Result> {
    let ask = device
        .executables
        .fp()
        .get_pipeline_executable_internal_representations_khr;
    let handle = device.device.handle();
    let mut count = 0;
    // SAFETY: the pipeline captured its representations; without an array the driver only counts them.
    unsafe { ask(handle, info, &mut count, std::ptr::null_mut()) }.result()?;
    let mut found =
        vec![vk::PipelineExecutableInternalRepresentationKHR::default(); count as usize];
    // SAFETY: the array has `count` places; without room for texts the driver only tells their lengths.
    unsafe { ask(handle, info, &mut count, found.as_mut_ptr()) }.result()?;
    let mut texts: Vec<Vec<u8>> = found.iter().map(|text| vec![0; text.data_size]).collect();
    for (place, text) in found.iter_mut().zip(&mut texts) {
        place.p_data = text.as_mut_ptr().cast();
    }
    // SAFETY: as above; each text has as many bytes as the driver said, and `texts` is not touched until it has written.
    unsafe { ask(handle, info, &mut count, found.as_mut_ptr()) }.result()?;
    let listings = found.iter().zip(texts).map(|(place, mut text)| {
        let end = text
            .iter()
            .position(|&byte| byte == 0)
            .unwrap_or(text.len());
        text.truncate(end);
        let name = place.name_as_c_str().unwrap_or(c"unnamed");
        (name.to_string_lossy().into_owned(), text)
    });
    Ok(listings.collect())
}
