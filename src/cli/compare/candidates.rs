//! The kernels that are compared: those of the registry that can compute the layer, and shaders from elsewhere.

use std::time::Duration;

use menagerie::device::{DeviceProfile, Storage};
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::kernels::{Candidate, Site};
use menagerie::profile::TimedSession;
use menagerie::program::{Planning, Program};
use menagerie::session::{SessionOptions, ShaderChecks};
use menagerie::weights::synthetic_input;
use menagerie::{ErrorKind, Result, tune};
use serde_json::json;

use super::layer::LAYER;
use super::own::OwnKernel;
use super::parity::{self, Parity};
use super::report::Row;

/// The kernels that can compute the layer, and the reasons of the others.
#[derive(Default)]
pub struct Candidates {
    pub sessions: Vec<TimedSession>,
    /// The rows of the sessions.
    pub rows: Vec<Row>,
    /// The programs of the sessions.
    pub programs: Vec<Program>,
    pub notes: Vec<String>,
}

/// A layer on a device, with tensors in one kind of storage.
struct Place<'a> {
    gpu: Gpu,
    graph: &'a Graph,
    /// Batch, precision, and how all kernels are compiled.
    options: SessionOptions,
}

/// The default storage of the device first, then the other one.
fn both(native: Storage) -> [Storage; 2] {
    match native {
        Storage::Buffer => [native, Storage::Texture],
        Storage::Texture => [native, Storage::Buffer],
    }
}

/// How a layer is planned with these options.
fn planning(options: &SessionOptions) -> Planning {
    Planning::of_batch(options.batch).precision(options.precision)
}

impl Candidates {
    /// The candidates for `graph`, a graph of one layer. The kernel that plans choose is the first, and the others are
    /// compared with it. If there are shaders from elsewhere, all are compiled with checks, since those must be; the first
    /// one then comes without checks, too.
    ///
    /// # Errors
    /// Those of [`OwnKernel::check`] and [`parity::check`], whose runs may take the given time;
    /// [`ErrorKind::Unsupported`] if a shader from elsewhere does not compute the layer.
    pub fn of(
        gpu: &Gpu,
        graph: &Graph,
        options: &SessionOptions,
        (own, limit): (&[OwnKernel], Duration),
    ) -> Result<Self> {
        let planning = planning(options).tuned(gpu.tuning().clone());
        let plan = Program::new(graph, gpu.profile(), &planning)?;
        let chosen = plan
            .dispatches()
            .first()
            .map(|dispatch| (dispatch.kernel, dispatch.instance));
        let checks = match own.is_empty() {
            true => ShaderChecks::Trusted,
            false => ShaderChecks::Checked,
        };
        let mut candidates = Self::default();
        for storage in both(gpu.profile().storage) {
            let profile = DeviceProfile {
                storage,
                ..gpu.profile().clone()
            };
            let place = Place {
                gpu: gpu.clone().with_profile(profile),
                graph,
                options: SessionOptions {
                    shader_checks: checks,
                    ..options.clone()
                },
            };
            let site = Site::new(graph, LAYER, options.batch, place.gpu.profile())?;
            let site = planning.in_precision(site, graph.node(LAYER).name());
            let is_chosen = |kernel: &Candidate| {
                storage == plan.profile().storage
                    && chosen == Some((kernel.kernel, kernel.instance))
            };
            let mut kernels: Vec<Candidate> = Candidate::of(site.kind()).collect();
            kernels.sort_by_key(|kernel| !is_chosen(kernel));
            for kernel in kernels {
                if let Err(rule) = kernel.accept(&site) {
                    candidates.decline(kernel, &rule.to_string());
                    continue;
                }
                candidates.add(&place, kernel, is_chosen(&kernel))?;
                if is_chosen(&kernel) && checks == ShaderChecks::Checked {
                    let trusted = Place {
                        gpu: place.gpu.clone(),
                        options: options.clone(),
                        ..place
                    };
                    candidates.add(&trusted, kernel, false)?;
                }
            }
            for own in own {
                candidates.add_own(&place, &site, own, limit)?;
            }
        }
        Ok(candidates)
    }

    /// Notes why `kernel` does not compute the layer. Most rules do not depend on the storage, so each is listed once.
    fn decline(&mut self, kernel: Candidate, rule: &str) {
        let note = format!("not {}: it {rule}", kernel.name());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a shader from elsewhere, if its answers are right.
    fn add_own(
        &mut self,
        place: &Place<'_>,
        site: &Site<'_>,
        own: &OwnKernel,
        limit: Duration,
    ) -> Result<()> {
        let kernel = own.candidate;
        if let Err(rule) = kernel.accept(site) {
            return Err(own.refusal(format_args!("does not compute the layer: it {rule}")));
        }
        let planning = planning(&place.options).candidate(kernel);
        let program = Program::new(place.graph, place.gpu.profile(), &planning)
            .map_err(|error| own.in_file(error))?;
        for shader in program.shaders() {
            own.check(&shader)?;
        }
        let layer = (place.graph, place.options.batch);
        let parity = parity::check(&place.gpu, kernel, layer, limit);
        let Parity {
            computed,
            declined,
            difference,
        } = parity.map_err(|error| own.in_file(error))?;
        let row = self.rows.len();
        self.add(place, kernel, false)?;
        if let Some(row) = self.rows.get_mut(row) {
            row.facts["parity"] = json!({
                "computed": computed,
                "declined": declined,
                "largest_difference": difference,
            });
            self.notes.push(format!(
                "{} agrees with the reference executor: {computed} layers, {declined} others that it does not compute, \
                 largest difference {difference:.1e} of the largest value",
                row.label
            ));
        }
        Ok(())
    }

    fn add(&mut self, place: &Place<'_>, kernel: Candidate, is_chosen: bool) -> Result<()> {
        let Place {
            gpu,
            graph,
            options,
        } = place;
        let (batch, checks) = (options.batch, options.shader_checks);
        let (name, storage) = (kernel.name(), gpu.profile().storage);
        let mut label = format!("{name}, {storage}");
        let session = match tune::session(gpu, graph, kernel, options) {
            Err(error) if matches!(error.kind(), ErrorKind::Limit | ErrorKind::OutOfMemory) => {
                self.notes.push(format!("not {label}: {error}"));
                return Ok(());
            }
            session => session?,
        };
        let is_trusted = checks == ShaderChecks::Trusted;
        // Only where both are compared.
        if is_trusted && self.rows.iter().any(|row| row.label == label) {
            label.push_str(", unchecked");
        }
        if !self.programs.contains(session.program()) {
            self.programs.push(session.program().clone());
        }
        let input = synthetic_input(0, batch, session.input_shape());
        self.sessions.push(TimedSession::new(session, input)?);
        self.rows.push(Row {
            facts: json!({
                "kernel": name,
                "storage": storage.to_string(),
                "chosen": is_chosen,
                "checked": !is_trusted,
            }),
            label,
            cost: Some(graph.cost(LAYER).of_batch(batch)),
        });
        Ok(())
    }
}
