//! The calls to wgpu that a frame needs, whoever makes them.

use std::sync::Arc;

use menagerie::wgpu;

use crate::network::Network;

/// The same calls to wgpu by hand, with kernels that do nothing.
pub struct ByHand {
    /// Two of them take turns, since wgpu skips what is already set.
    calls: [(wgpu::ComputePipeline, wgpu::BindGroup); 2],
    output: wgpu::Buffer,
    readback: wgpu::Buffer,
    /// Label and dispatches of each pass.
    passes: [(String, usize); 3],
    held: Arc<()>,
}

impl ByHand {
    pub fn new(device: &wgpu::Device, network: &Network) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(
                "@group(0) @binding(0) var<uniform> nothing: vec4<f32>;
                 @compute @workgroup_size(1) fn main() { _ = nothing; }"
                    .into(),
            ),
        });
        let buffer = |usage, size| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let calls = [(); 2].map(|()| {
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                cache: None,
            });
            let uniform = buffer(wgpu::BufferUsages::UNIFORM, 16);
            let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &pipeline.get_bind_group_layout(0),
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: uniform.as_entire_binding(),
                }],
            });
            (pipeline, bind_group)
        });
        let plan = network.session.program();
        use wgpu::BufferUsages as Usages;
        Self {
            calls,
            output: buffer(Usages::COPY_SRC, 48),
            readback: buffer(Usages::COPY_DST | Usages::MAP_READ, 48),
            passes: [
                ("preprocess".to_owned(), 2),
                (plan.name().to_owned(), plan.dispatches().len()),
                ("answer".to_owned(), 1),
            ],
            held: Arc::default(),
        }
    }

    pub fn record(&self, frame: &mut wgpu::CommandEncoder) {
        for (label, dispatches) in &self.passes {
            let mut pass = frame.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(label),
                timestamp_writes: None,
            });
            for (pipeline, bind_group) in self.calls.iter().cycle().take(*dispatches) {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bind_group, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            }
        }
        frame.copy_buffer_to_buffer(&self.output, 0, &self.readback, 0, 48);
        // A callback that holds something, as any does that says where an answer has arrived.
        let held = Arc::clone(&self.held);
        frame.map_buffer_on_submit(&self.readback, wgpu::MapMode::Read, .., move |_| {
            drop(held);
        });
    }

    pub fn read(&self) -> f32 {
        let mapped = self.readback.get_mapped_range(..).unwrap();
        let values: &[f32] = bytemuck::cast_slice(&mapped);
        let first = values[0];
        drop(mapped);
        self.readback.unmap();
        first
    }
}
