//! A dispatch with its pipeline and its bind group.

use std::num::NonZero;

use super::parameters::Placed;
use super::range_watch::RangeWatch;
use super::upload;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, Pipeline};
use crate::kernels::interface::Shader;
use crate::kernels::uniforms::{self, Value};
use crate::kernels::{Format, Kernel, Resource};
use crate::program::{Program, workgroups_for};

/// A dispatch with its pipeline and its bind group.
pub(crate) struct BoundCall {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    workgroups: [u32; 3],
    /// What only its bind group uses: its memory is allocated as long as this exists.
    held: Vec<DeviceTensor>,
}

impl BoundCall {
    /// The dispatches of `program`.
    ///
    /// # Errors
    /// As [`DeviceTensor::new`].
    pub(super) fn of_program<'a>(
        gpu: &Gpu,
        program: &Program,
        pipeline_of: impl Fn(&Shader) -> &'a Pipeline,
        slots: &[DeviceTensor],
        parameters: &[Placed],
        range: Option<&RangeWatch>,
    ) -> Result<Vec<Self>> {
        let offsets: Vec<usize> = parameters.iter().map(|placed| placed.offset).collect();
        let uniforms = upload::uniforms(gpu, &upload::relocated(program, &offsets))?;
        let storage = program.profile().storage;
        let nothing = DeviceTensor::new(gpu, storage, Format::F32, 1, "nothing")?;
        let held = [DeviceTensor::Buffer(uniforms.clone()), nothing.clone()];
        let dispatches = program.dispatches().iter().enumerate();
        let dispatches = dispatches.map(|(index, dispatch)| {
            let shader = program.shader_of(dispatch);
            let block = wgpu::BufferBinding {
                buffer: &uniforms,
                offset: dispatch.uniform_offset as u64,
                size: NonZero::new(shader.uniform_bytes() as u64),
            };
            let tensors = dispatch.resources.iter().enumerate();
            let tensors = tensors.map(|(binding, resource)| match resource {
                Resource::Activations(place) => {
                    let guard = dispatch.formats.get(binding).bytes(program.guard());
                    slots[place.slot].binding_of(place.with(guard))
                }
                Resource::Parameters(recipe) => parameters[*recipe].tensor.binding(),
                Resource::Nothing => nothing.binding(),
            });
            let watched = range.filter(|_| shader.watches_range());
            let tensors = tensors.chain(watched.map(|range| range.binding(index)));
            let pipeline = pipeline_of(&shader);
            let bind_group = bind_group(gpu, &dispatch.node, pipeline, block, tensors.collect());
            Self {
                pipeline: pipeline.pipeline.clone(),
                bind_group,
                workgroups: dispatch.workgroups,
                held: held.to_vec(),
            }
        });
        Ok(dispatches.collect())
    }

    /// A dispatch of `kernel`, compiled to `pipeline`, over `items` items, with its own uniform block.
    pub fn single(
        gpu: &Gpu,
        kernel: &'static Kernel,
        pipeline: &Pipeline,
        values: &[Value<'_>],
        resources: Vec<wgpu::BindingResource<'_>>,
        items: usize,
    ) -> Result<Self> {
        debug_assert!(kernel.takes(values));
        let words = uniforms::encode(values);
        let uniforms = upload::uniforms(gpu, bytemuck::cast_slice(&words))?;
        let block = uniforms.as_entire_buffer_binding();
        let workgroups = (items as u64).div_ceil(u64::from(kernel.instances[0].workgroup_size));
        Ok(Self {
            pipeline: pipeline.pipeline.clone(),
            bind_group: bind_group(gpu, kernel.name, pipeline, block, resources),
            workgroups: workgroups_for(workgroups, gpu.profile().max_workgroups)
                .map_err(|error| error.in_context(kernel.name))?,
            held: vec![DeviceTensor::Buffer(uniforms)],
        })
    }

    /// The same call, which holds `tensors` of this crate that it uses.
    pub fn holding(mut self, tensors: impl IntoIterator<Item = DeviceTensor>) -> Self {
        self.held.extend(tensors);
        self
    }

    /// What it holds.
    pub fn held(&self) -> &[DeviceTensor] {
        &self.held
    }

    /// Records the dispatch.
    pub fn record(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        let [x, y, z] = self.workgroups;
        pass.dispatch_workgroups(x, y, z);
    }
}

/// A bind group with `uniforms` at binding 0 and `resources` at bindings 1 and up.
fn bind_group<'a>(
    gpu: &Gpu,
    label: &str,
    pipeline: &Pipeline,
    uniforms: wgpu::BufferBinding<'a>,
    mut resources: Vec<wgpu::BindingResource<'a>>,
) -> wgpu::BindGroup {
    resources.insert(0, wgpu::BindingResource::Buffer(uniforms));
    let entries: Vec<wgpu::BindGroupEntry<'_>> = (0..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
        .collect();
    gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(label),
        layout: &pipeline.layout,
        entries: &entries,
    })
}
