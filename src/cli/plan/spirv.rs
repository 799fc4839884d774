//! SPIR-V for Vulkan drivers.

use menagerie::{Error, ErrorKind, Result};
use naga::back::spv;
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::{Capabilities, ShaderStages, SubgroupOperationSet, ValidationFlags, Validator};

/// Translates a trusted shader from WGSL to SPIR-V as wgpu does for Vulkan 1.3: with the options of its Vulkan
/// backend, without checks of indices, loops and divisors, and without zeroing workgroup memory.
///
/// # Errors
/// [`ErrorKind::Device`] if naga refuses the shader.
pub fn of_trusted(text: &str) -> Result<Vec<u32>> {
    let refused = |why: &dyn std::fmt::Display| {
        Error::new(
            ErrorKind::Device,
            format!("not translated to SPIR-V: {why}"),
        )
    };
    let module = naga::front::wgsl::parse_str(text).map_err(|error| refused(&error))?;
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::all());
    validator
        .subgroup_stages(ShaderStages::COMPUTE)
        .subgroup_operations(SubgroupOperationSet::all());
    let info = validator
        .validate(&module)
        .map_err(|error| refused(&error))?;
    let options = spv::Options {
        lang_version: (1, 6),
        flags: spv::WriterFlags::LABEL_VARYINGS
            | spv::WriterFlags::FORCE_POINT_SIZE
            | spv::WriterFlags::DEBUG,
        capabilities: None,
        bounds_check_policies: BoundsCheckPolicies {
            index: BoundsCheckPolicy::Unchecked,
            buffer: BoundsCheckPolicy::Unchecked,
            image_load: BoundsCheckPolicy::Unchecked,
            binding_array: BoundsCheckPolicy::Unchecked,
        },
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: false,
        emit_int_div_checks: false,
        task_dispatch_limits: None,
        ..Default::default()
    };
    let pipeline = spv::PipelineOptions {
        shader_stage: naga::ShaderStage::Compute,
        entry_point: "main".into(),
    };
    spv::write_vec(&module, &info, &options, Some(&pipeline)).map_err(|error| refused(&error))
}
