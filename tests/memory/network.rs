//! What a frame asks of this crate.

use menagerie::frame::{Answers, BufferLayout, BufferOutput, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{wgpu, zoo};

use crate::common::application::texture;

/// LeNet-5 from a texture of the application, into a buffer of the application, and into host memory.
pub struct Network {
    pub session: Session,
    input: TextureInput,
    output: BufferOutput,
    pub answers: Answers,
}

impl Network {
    pub fn new(gpu: &Gpu) -> Self {
        let model = zoo::find("lenet5").unwrap();
        let graph = optimize(&model.graph().unwrap(), &PassSet::all()).unwrap();
        let options = SessionOptions::default();
        let session = Session::new(gpu, &graph, &Weights::synthetic(5), &options).unwrap();
        let texels: Vec<u8> = (0..4 * 40 * 50)
            .map(|index| (index * 7 % 251) as u8)
            .collect();
        let texture = texture(gpu, wgpu::TextureFormat::Rgba8Unorm, [40, 50], &texels);
        let source = TextureSource::new(&texture);
        let input = TextureInput::new(&session, &source, &model.reference_preprocess(), 0).unwrap();
        let layout = BufferLayout::ChannelsFirst;
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: layout.bytes(session.output_shape(), 1),
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        });
        let output = BufferOutput::new(&session, &buffer, 0, layout).unwrap();
        let answers = Answers::new(&session, 3).unwrap();
        Self {
            session,
            input,
            output,
            answers,
        }
    }

    /// All that a frame asks of this crate.
    pub fn record(&mut self, frame: &mut wgpu::CommandEncoder) {
        self.input.record(frame);
        self.session.record(frame);
        self.output.record(frame);
        self.answers.record(frame).expect("room for an answer");
    }
}
