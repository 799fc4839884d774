//! `menagerie autotune`: finds the fastest kernels of a network's layers, and remembers them.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;
use menagerie::cache::Cache;
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::passes;
use menagerie::plan::Tuning;
use menagerie::profile::{Contestant, Quartiles, Spread, Standing, contest};
use menagerie::session::{Session, SessionOptions};
use menagerie::tune::{self, Tried};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind, Result, zoo};
use serde_json::{Value, json};

use super::arguments::{NetworkArguments, at_least_one};
use super::executor::{gpu_choice, remembered};
use super::output::{self, Failure, one_line, warn};
use super::table;

/// Time the kernels that can compute each layer of a network, and remember the fastest for later runs
#[derive(Args)]
pub struct Autotune {
    /// Number of times that each kernel takes its turn, and the network before and after
    #[arg(long, default_value_t = 9, value_parser = at_least_one())]
    rounds: usize,
    #[command(flatten)]
    network: NetworkArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was found out.
struct Found {
    gpu: Gpu,
    graph: Graph,
    tried: Vec<Tried>,
    /// The whole network, untuned and tuned; none where nothing is to be gained.
    network: Option<[Standing; 2]>,
    /// Whether the network is slower by it in three rounds of four: layers may be faster one by one and not
    /// behind each other.
    slower: bool,
    remembered: bool,
}

impl Autotune {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let found = self.find()?;
        match self.json {
            true => output::json(out, &self.value(&found)),
            false => self.text(out, &found),
        }
    }

    fn find(&self) -> Result<Found> {
        let model = zoo::find(&self.network.model)?;
        let graph = model.graph_for(self.network.size.shape(model))?;
        let graph = passes::optimize(&graph, &self.network.passes.set()?)?;
        let place = self.network.adapter.choice();
        let Some(choice) = gpu_choice(&place) else {
            return Err(Error::new(
                ErrorKind::Adapter,
                "the reference executor has no kernels to choose from",
            ));
        };
        let gpu = Gpu::open(&choice)?;
        let layers = tune::layers(&graph, self.network.batch, gpu.profile());
        let progress = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(layers.len() as u64),
            false => ProgressBar::hidden(),
        };
        let mut tried = Vec::new();
        let mut found = Tuning::NONE;
        for layer in &layers {
            let result = tune::try_kernels(&gpu, &graph, layer, self.network.batch, self.rounds)?;
            found.prefer(layer.key.clone(), result.kernels[result.winner].kernel.name);
            tried.push(result);
            progress.inc(1);
        }
        progress.finish_and_clear();
        let network = match tried.iter().all(|tried| tried.winner == 0) {
            true => None,
            false => Some(self.before_and_after(&gpu, &graph, &found)?),
        };
        let ratio = network
            .as_ref()
            .and_then(|[before, after]| after.ratio_to(before));
        let slower = ratio.is_some_and(|ratio| ratio.lower > 1.0);
        Ok(Found {
            remembered: !slower && !tried.is_empty() && self.remember(&gpu, &found),
            slower,
            gpu,
            graph,
            tried,
            network,
        })
    }

    /// Times of the whole network as planned untried, and by what was found.
    fn before_and_after(&self, gpu: &Gpu, graph: &Graph, found: &Tuning) -> Result<[Standing; 2]> {
        let weights = Weights::synthetic(0);
        let input = synthetic_input(0, self.network.batch, graph.input_shape());
        let options = SessionOptions {
            batch: self.network.batch,
            ..SessionOptions::default()
        };
        let session = |tuning: &Tuning| {
            let gpu = gpu.clone().with_tuning(tuning.clone());
            Session::new(&gpu, graph, &weights, &options)
        };
        let (mut before, mut after) = (session(&Tuning::NONE)?, session(found)?);
        let input = &input;
        let time = |session: &mut Session| {
            let begin = Instant::now();
            session.run(input)?;
            Ok(begin.elapsed())
        };
        let contestants = vec![
            Contestant::new("untuned", || time(&mut before)),
            Contestant::new("tuned", || time(&mut after)),
        ];
        let mut standings = contest(contestants, self.rounds)?.into_iter();
        Ok([(); 2].map(|()| standings.next().unwrap_or_default()))
    }

    /// Adds what was `found` to what is remembered of the device; whether that could be done.
    fn remember(&self, gpu: &Gpu, found: &Tuning) -> bool {
        let mut tuning = remembered(gpu);
        for (key, kernel) in found.iter() {
            tuning.prefer(key.to_owned(), kernel);
        }
        let kept =
            Cache::of_user().and_then(|cache| tune::remember(&cache, gpu.description(), &tuning));
        kept.map_err(|error| warn(&format_args!("not remembered: {error}")))
            .is_ok()
    }

    fn text(&self, out: &mut dyn Write, found: &Found) -> std::result::Result<(), Failure> {
        writeln!(
            out,
            "{}, batch {}, on {}",
            found.graph.name(),
            self.network.batch,
            one_line(&found.gpu.description().to_string())
        )?;
        if found.tried.is_empty() {
            writeln!(out, "no layer that several kernels could compute here")?;
            return Ok(());
        }
        let rows: Vec<[String; 5]> = found
            .tried
            .iter()
            .map(|tried| {
                let winner = &tried.kernels[tried.winner];
                let untuned = &tried.kernels[0];
                [
                    layer_name(&found.graph, tried),
                    tried.layer.key.clone(),
                    winner.kernel.name.to_owned(),
                    microseconds(winner.median),
                    match tried.winner {
                        0 => "as untuned".to_owned(),
                        _ => format!(
                            "{:.2} of {} ({:.2} to {:.2})",
                            winner.ratio.median,
                            untuned.kernel.name,
                            winner.ratio.lower,
                            winner.ratio.upper
                        ),
                    },
                ]
            })
            .collect();
        let header = ["layer", "operation", "kernel", "median us", "time"];
        table::write(out, header, [false, false, false, true, false], &rows)?;
        let changed = found.tried.iter().filter(|tried| tried.winner > 0).count();
        writeln!(
            out,
            "{changed} of {} layers have a faster kernel than plans choose untuned",
            found.tried.len()
        )?;
        if let Some([before, after]) = &found.network {
            let Spread { median, .. } = before.spread().unwrap_or_default();
            let tuned = after.spread().unwrap_or_default().median;
            let ratio = after.ratio_to(before).map_or(String::new(), |ratio| {
                let Quartiles {
                    lower,
                    median,
                    upper,
                } = ratio;
                format!("; ratio {median:.3} ({lower:.3} to {upper:.3})")
            });
            writeln!(
                out,
                "the network: {} us untuned, {} us tuned, in {} rounds of turns{ratio}",
                microseconds(median),
                microseconds(tuned),
                self.rounds
            )?;
            if found.slower {
                writeln!(
                    out,
                    "not remembered: the network was slower by it in three rounds of four; try again when the \
                     machine has nothing else to do, or with more --rounds"
                )?;
            }
        }
        Ok(())
    }

    fn value(&self, found: &Found) -> Value {
        let layers: Vec<Value> = found
            .tried
            .iter()
            .map(|tried| {
                let nodes = tried.layer.nodes.iter();
                let nodes: Vec<&str> = nodes
                    .map(|&id| found.graph.node(id).name.as_str())
                    .collect();
                let kernels: Vec<Value> = tried
                    .kernels
                    .iter()
                    .map(|kernel| {
                        json!({
                            "kernel": kernel.kernel.name,
                            "median_us": kernel.median.as_secs_f64() * 1e6,
                            "ratio": ratio(&kernel.ratio),
                        })
                    })
                    .collect();
                json!({
                    "key": tried.layer.key,
                    "layers": nodes,
                    "untuned": tried.kernels[0].kernel.name,
                    "winner": tried.kernels[tried.winner].kernel.name,
                    "kernels": kernels,
                })
            })
            .collect();
        let milliseconds = |standing: &Standing| {
            standing
                .spread()
                .map(|spread| spread.median.as_secs_f64() * 1e3)
        };
        json!({
            "model": found.graph.name(),
            "adapter": found.gpu.description().to_string(),
            "batch": self.network.batch,
            "rounds": self.rounds,
            "layers": layers,
            "network": found.network.as_ref().map(|[before, after]| json!({
                "untuned_ms": milliseconds(before),
                "tuned_ms": milliseconds(after),
                "ratio": after.ratio_to(before).as_ref().map(ratio),
            })),
            "remembered": found.remembered,
        })
    }
}

fn ratio(ratio: &Quartiles) -> Value {
    json!({ "lower": ratio.lower, "median": ratio.median, "upper": ratio.upper })
}

/// The first of the layers, and how many there are like it.
fn layer_name(graph: &Graph, tried: &Tried) -> String {
    let first = &graph.node(tried.layer.nodes[0]).name;
    match tried.layer.nodes.len() {
        1 => first.clone(),
        count => format!("{first} and {} more", count - 1),
    }
}

fn microseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}
