//! Outputs beside the answer, in host memory and in an application's buffers.

use menagerie::frame::{Answers, BufferLayout, BufferOutput};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{Tensor, wgpu};

use crate::common::device::devices;
use crate::common::networks::optimized;
use crate::networks::{SEED, encoder, input, wait};

#[test]
fn a_frame_reads_any_output() {
    use wgpu::BufferUsages as Usages;
    let mut graph = optimized("lenet5");
    // The input among them.
    let input_value = graph.inputs()[0].value;
    let results = graph.nodes().iter().map(|node| node.result());
    let inner: Vec<_> = [input_value]
        .into_iter()
        .chain(results)
        .step_by(3)
        .collect();
    for (index, &value) in inner.iter().enumerate() {
        graph.add_output(format!("inner{index}"), value).unwrap();
    }
    for (device, gpu) in devices() {
        let (weights, options) = (Weights::synthetic(SEED), SessionOptions::default());
        let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
        let digit = input(&session);
        let expected = session.run_outputs(&digit).unwrap();
        assert_eq!(expected.len(), 1 + inner.len());
        let names: Vec<String> = session
            .outputs()
            .map(|output| output.name().into())
            .collect();
        for (name, expected) in names.iter().zip(&expected) {
            let output = session.output(name).unwrap();
            let layout = BufferLayout::ChannelsFirst;
            let bytes = layout.bytes(output.shape(), 1);
            let buffer = |usage| {
                gpu.device().create_buffer(&wgpu::BufferDescriptor {
                    label: None,
                    size: bytes,
                    usage,
                    mapped_at_creation: false,
                })
            };
            let theirs = buffer(Usages::STORAGE | Usages::COPY_SRC);
            let readback = buffer(Usages::MAP_READ | Usages::COPY_DST);
            let into_buffer = BufferOutput::new(output, &theirs, 0, layout).unwrap();
            let mut answers = Answers::new(output, 1).unwrap();
            session.write_input(&digit).unwrap();
            let mut frame = encoder(gpu);
            session.record(&mut frame);
            into_buffer.record(&mut frame);
            answers.record(&mut frame).unwrap();
            frame.copy_buffer_to_buffer(&theirs, 0, &readback, 0, bytes);
            frame.map_buffer_on_submit(&readback, wgpu::MapMode::Read, .., |_| {});
            gpu.queue().submit([frame.finish()]);
            wait(gpu);
            let found: &Tensor = answers.latest().unwrap().unwrap().values;
            assert_eq!(found, expected, "{device}: {name}");
            let mapped = readback.get_mapped_range(..).unwrap();
            let found: &[f32] = bytemuck::cast_slice(&mapped);
            assert_eq!(found, expected.data(), "{device}: {name}");
        }
    }
}
