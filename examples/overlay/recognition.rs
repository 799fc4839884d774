//! The network: what it reads, its part of each frame, and what it has found.

use std::time::Duration;

use menagerie::frame::{ClassMapOutput, ContinuousRun, TextureInput, TextureSource, TextureTarget};
use menagerie::gpu::Gpu;
use menagerie::maps::{ClassMaps, with_features};
use menagerie::passes::{PassSet, optimize};
use menagerie::profile::Roofline;
use menagerie::session::{Budget, DispatchTimes, Session, SessionOptions};
use menagerie::{Labels, Result, Tensor, wgpu, zoo};

/// The GPU's time that the network may take in each frame.
const BUDGET: Duration = Duration::from_millis(2);
/// Answers that may be on their way to the host.
const DEPTH: usize = 3;

/// A network that classifies a picture again and again, and shows where it sees the class.
pub struct Recognition {
    session: Session,
    input: TextureInput,
    times: DispatchTimes,
    runs: ContinuousRun<()>,
    class_map: ClassMapOutput,
    labels: Labels,
}

impl Recognition {
    /// Compiles the kernels and uploads the weights. Later, `record` reads `picture` and paints into `heat`.
    ///
    /// # Errors
    /// Where a texture has not the format and usage that is needed, or the device fails.
    pub fn new(gpu: &Gpu, picture: &wgpu::Texture, heat: &wgpu::Texture) -> Result<Self> {
        let model = zoo::find("mobilenet_v2")?;
        let checkpoint = model.checkpoint()?;
        let weights = checkpoint.weights();
        let graph = with_features(&checkpoint.graph(model.input)?)?;
        let graph = optimize(&graph, &PassSet::all())?;
        let mut session = Session::new(gpu, &graph, weights, &SessionOptions::default())?;

        let blank = Tensor::zeros(1, session.input_shape());
        let times = match DispatchTimes::measured(&session.profile(&blank, 5)?) {
            Some(times) => times,
            None => DispatchTimes::estimated(session.program(), &Roofline::measure(gpu)?),
        };

        let preprocess = checkpoint.preprocess();
        let source = TextureSource::new(picture);
        let input = TextureInput::new(&session, &source, &preprocess, 0)?;

        let target = TextureTarget {
            crop_rect: preprocess.crop_rect(picture.height() as usize, picture.width() as usize)?,
            ..TextureTarget::new(heat)
        };
        let class_map = ClassMapOutput::new(&session, &ClassMaps::new(&graph, weights)?, &target)?;

        Ok(Self {
            runs: ContinuousRun::new(&session, DEPTH)?,
            labels: checkpoint.labels(),
            session,
            input,
            times,
            class_map,
        })
    }

    /// Records a part of a run, and the heat map where the run ends. Nothing is submitted, nothing waits.
    pub fn record(&mut self, frame: &mut wgpu::CommandEncoder) {
        let budget = Budget::Time(BUDGET, &self.times);
        let input = |frame: &mut wgpu::CommandEncoder| self.input.record(frame);
        let ended = self.runs.record(&self.session, (), input, budget, frame);
        if ended.is_some() {
            self.class_map.record(frame);
        }
    }

    /// The most probable class and its probability; none where no new answer has arrived.
    ///
    /// # Errors
    /// Where the device fails or is lost.
    pub fn latest(&mut self) -> Result<Option<String>> {
        let Some(found) = self.runs.latest()? else {
            return Ok(None);
        };
        let best = found.answer.top_k(0, 1)[0];
        let label = self.labels.label(best.index);
        Ok(Some(format!("{label}  {:.0} %", 100.0 * best.probability)))
    }
}
