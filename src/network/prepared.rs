//! The prepared programs of a network, by size, with one copy of the parameters.

use super::executor::Executor;
use super::{Device, Network};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::ClassScores;
use crate::gpu::Gpu;
use crate::graph::{Graph, Signature};
use crate::maps::{ClassMaps, with_features};
use crate::passes;
use crate::program::{Planning, Program, kept_in};
use crate::reference::Reference;
use crate::session::{Parameters, Session, SessionOptions};
use crate::tensor::Shape;
use crate::weights::Weights;

/// The most programs that a network keeps on a GPU, because each has its own memory for activations. With the reference
/// executor, each program has a copy of the parameters, and preparing is faster than running, so only one is kept.
const MOST_KEPT: usize = 4;

/// A variant of the network to prepare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Shape of the images.
    pub input: Shape,
    /// Its outputs.
    pub variant: Variant,
}

/// The outputs of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The outputs of its graph.
    Answer,
    /// The outputs of its graph, and the features for class maps.
    ClassMaps,
    /// Only the features.
    Features,
}

impl Wanted {
    /// The variant with the features of images of shape `input`.
    pub fn features(input: Shape) -> Self {
        let variant = Variant::Features;
        Self { input, variant }
    }
}

impl From<Shape> for Wanted {
    fn from(input: Shape) -> Self {
        Self {
            input,
            variant: Variant::Answer,
        }
    }
}

/// A network that is ready to run.
pub(super) struct Prepared {
    wanted: Wanted,
    /// The graph before the passes.
    pub graph: Graph,
    pub weights: Weights,
    pub allows_non_finite: bool,
    pub signature: Signature,
    /// The output with the features.
    pub maps: Option<ClassMaps>,
    /// The class maps on the device, after one was painted.
    pub class_scores: Option<ClassScores>,
    pub executor: Executor,
}

/// A variant that is planned but not yet prepared.
struct Planned {
    wanted: Wanted,
    /// Before the passes.
    source: Graph,
    graph: Graph,
    maps: Option<ClassMaps>,
    /// On a GPU.
    program: Option<(Program, Parameters)>,
}

impl Network {
    /// Prepares the variant `wanted` if necessary, and makes it the last one.
    ///
    /// # Errors
    /// Those of graphs, passes, plans and sessions.
    pub(crate) async fn prepare_wanted_async(&mut self, wanted: Wanted) -> Result<()> {
        if self.find(wanted) {
            return Ok(());
        }
        let planned = self.plan(wanted)?;
        let executor = match &planned.program {
            None => self.reference(&planned.graph)?,
            Some((program, parameters)) => {
                let options = self.session_options();
                let session = Session::of_program_async(program, parameters, &options);
                let session = match session.await {
                    Err(error) if self.gives_way(&error) => {
                        Session::of_program_async(program, parameters, &options).await?
                    }
                    session => session?,
                };
                Executor::Gpu(Box::new(session))
            }
        };
        self.keep(planned, executor);
        Ok(())
    }

    /// The same as [`Network::prepare_wanted_async`], on all cores.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn prepare_wanted(&mut self, wanted: Wanted) -> Result<()> {
        if self.find(wanted) {
            return Ok(());
        }
        let planned = self.plan(wanted)?;
        let executor = match &planned.program {
            None => self.reference(&planned.graph)?,
            Some((program, parameters)) => {
                let options = self.session_options();
                let session = match Session::of_program(program, parameters, &options) {
                    Err(error) if self.gives_way(&error) => {
                        Session::of_program(program, parameters, &options)?
                    }
                    session => session?,
                };
                Executor::Gpu(Box::new(session))
            }
        };
        self.keep(planned, executor);
        Ok(())
    }

    /// The variant that was prepared or used last.
    pub(super) fn latest(&mut self) -> Result<&mut Prepared> {
        // Only a method of this crate that prepares nothing first can cause this.
        let unprepared = || Error::new(ErrorKind::Input, "the network is not prepared");
        self.prepared.last_mut().ok_or_else(unprepared)
    }

    /// Whether the variant `wanted` is prepared. If so, it becomes the last one.
    fn find(&mut self, wanted: Wanted) -> bool {
        let mut prepared = self.prepared.iter();
        let found = prepared.position(|prepared| prepared.wanted == wanted);
        if let Some(index) = found {
            self.prepared[index..].rotate_left(1);
        }
        found.is_some()
    }

    fn plan(&mut self, wanted: Wanted) -> Result<Planned> {
        let source = match wanted.variant {
            Variant::Answer => self.graph(wanted.input)?,
            Variant::ClassMaps => with_features(&self.graph(wanted.input)?)?,
            Variant::Features => self.features_graph(wanted.input)?,
        };
        let graph = passes::optimize(&source, &self.passes)?;
        let maps = match wanted.variant {
            Variant::Answer | Variant::Features => None,
            Variant::ClassMaps => Some(ClassMaps::new(&graph, &self.weights)?),
        };
        let program = match self.device.clone() {
            Device::Reference => None,
            Device::Gpu(gpu) => {
                let planning = self.planning(&gpu, &source, &graph)?;
                let program = Program::new(&graph, gpu.profile(), &planning)?;
                Some((program, self.parameters(&gpu, &graph, wanted)?))
            }
        };
        Ok(Planned {
            wanted,
            source,
            graph,
            maps,
            program,
        })
    }

    /// How `graph`, which passes made of `source`, is planned for `gpu`.
    ///
    /// # Errors
    /// Those of [`kept_in`].
    pub(super) fn planning(&self, gpu: &Gpu, source: &Graph, graph: &Graph) -> Result<Planning> {
        Ok(Planning::of_batch(self.batch)
            .tuned(gpu.tuning().clone())
            .precision(self.precision)
            .keep_f32(kept_in(source, graph, &self.keep_f32)?))
    }

    fn session_options(&self) -> SessionOptions {
        SessionOptions {
            clamp: self.allows_non_finite,
            ..SessionOptions::default()
        }
    }

    /// The parameters on the device. At first, none of them is uploaded.
    pub(super) fn parameters(
        &mut self,
        gpu: &Gpu,
        graph: &Graph,
        wanted: Wanted,
    ) -> Result<Parameters> {
        if let Some(parameters) = &self.parameters {
            return Ok(parameters.clone());
        }
        // The answer may be needed later, unless the weights have no classifier.
        let bound = match wanted.variant {
            Variant::Features => self
                .graph(wanted.input)
                .and_then(|graph| self.weights.bind(&graph)),
            Variant::Answer | Variant::ClassMaps => self.weights.bind(graph),
        };
        let bound = bound.or_else(|_| self.weights.bind(graph))?;
        let parameters = Parameters::new(gpu, &bound);
        Ok(self.parameters.insert(parameters).clone())
    }

    fn reference(&self, graph: &Graph) -> Result<Executor> {
        self.device.check(graph, self.batch)?;
        let reference = Reference::new(graph.clone(), &self.weights)?;
        Ok(Executor::Reference(Box::new(reference)))
    }

    /// Frees the other prepared variants after `error`, and returns whether it makes sense to try again.
    fn gives_way(&mut self, error: &Error) -> bool {
        let had_any = !self.prepared.is_empty();
        let is_full = is_full(error);
        if is_full {
            self.prepared.clear();
        }
        is_full && had_any
    }

    /// Makes the largest number of images in a batch smaller, if it is more than `most`, which is at least 1.
    ///
    /// ```
    /// use menagerie::Network;
    /// use menagerie::network::Device;
    ///
    /// let mut network = Network::builder("lenet5").device(Device::Reference).batch(8).load()?;
    /// if !network.device().prefers_batches() {
    ///     network.limit_batch(1);
    /// }
    /// assert_eq!(network.batch(), 1);
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    pub fn limit_batch(&mut self, most: usize) {
        if self.batch > most {
            self.batch = most.max(1);
            self.prepared.clear();
        }
    }

    /// After `error` of a batch, halves the batch if that is allowed and makes sense, and returns whether it did.
    pub(crate) fn use_smaller_batch(&mut self, error: &Error) -> bool {
        let is_full = is_full(error);
        let changes = is_full && self.takes_smaller_batches && self.batch > 1;
        if changes {
            self.limit_batch(self.batch / 2);
        }
        changes
    }

    fn keep(&mut self, planned: Planned, executor: Executor) {
        let Planned {
            wanted,
            source,
            maps,
            ..
        } = planned;
        let most = match self.device {
            Device::Gpu(_) => MOST_KEPT,
            Device::Reference => 1,
        };
        while self.prepared.len() >= most {
            self.prepared.remove(0);
        }
        self.prepared.push(Prepared {
            wanted,
            signature: source.signature(),
            graph: source,
            weights: self.weights.clone(),
            allows_non_finite: self.allows_non_finite,
            maps,
            class_scores: None,
            executor,
        });
    }
}

/// Whether less memory may help after `error`.
fn is_full(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Limit | ErrorKind::OutOfMemory | ErrorKind::Device
    )
}
