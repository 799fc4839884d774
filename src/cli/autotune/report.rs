//! The output of `menagerie autotune`: a table, or JSON.

use std::io::Write;
use std::time::Duration;

use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::profile::{AlternativeTimes, Quartiles, Spread};
use menagerie::program::Precision;
use menagerie::tune::Tried;
use serde_json::{Value, json};

use crate::cli::output::{Failure, counted, one_line, quartiles};
use crate::cli::table;

/// The results.
pub struct Report {
    pub gpu: Gpu,
    pub graph: Graph,
    pub batch: usize,
    pub precision: Precision,
    pub rounds: usize,
    pub tried: Vec<Tried>,
    /// The times of the whole network, untuned and tuned. `None` if no layer has a faster kernel.
    pub network: Option<[AlternativeTimes; 2]>,
    /// Whether the tuned network is slower in three quarters of the rounds. A kernel can be faster alone and slower in
    /// the network.
    pub slower: bool,
    pub remembered: bool,
}

impl Report {
    /// Prints a table of the layers, and the times of the network.
    pub fn text(&self, out: &mut dyn Write) -> Result<(), Failure> {
        writeln!(
            out,
            "{}, batch {}, {}on {}",
            self.graph.name(),
            self.batch,
            match self.precision {
                Precision::F32 => String::new(),
                other => format!("{other}, "),
            },
            one_line(&self.gpu.description().to_string())
        )?;
        if self.tried.is_empty() {
            writeln!(out, "no layer has a choice of kernels on this device")?;
            return Ok(());
        }
        let rows: Vec<[String; 5]> = self
            .tried
            .iter()
            .map(|tried| {
                let winner = &tried.kernels[tried.winner];
                let untuned = &tried.kernels[0];
                [
                    layer_name(&self.graph, tried),
                    tried.layer.key.clone(),
                    winner.kernel.name(),
                    microseconds(winner.median),
                    match tried.winner {
                        0 => "as untuned".to_owned(),
                        _ => format!(
                            "{:.2} of {} ({:.2} to {:.2})",
                            winner.ratio.median,
                            untuned.kernel.name(),
                            winner.ratio.lower,
                            winner.ratio.upper
                        ),
                    },
                ]
            })
            .collect();
        let header = ["layer", "operation", "kernel", "median us", "time"];
        table::write(out, header, [false, false, false, true, false], &rows)?;
        let changed = self.tried.iter().filter(|tried| tried.winner > 0).count();
        writeln!(
            out,
            "{changed} of {} layers have a faster kernel than untuned plans choose",
            self.tried.len()
        )?;
        if let Some([before, after]) = &self.network {
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
                "the network: {} us untuned, {} us tuned, {} interleaved{ratio}",
                microseconds(median),
                microseconds(tuned),
                counted(self.rounds, "round")
            )?;
            if self.slower {
                writeln!(
                    out,
                    "not stored: the tuned network was slower in three quarters of the rounds; try again on an idle \
                     machine, or with more --rounds"
                )?;
            }
        }
        Ok(())
    }

    /// The same as JSON.
    pub fn value(&self) -> Value {
        let layers: Vec<Value> = self
            .tried
            .iter()
            .map(|tried| {
                let nodes = tried.layer.nodes.iter();
                let nodes: Vec<&str> = nodes.map(|&id| self.graph.node(id).name()).collect();
                let kernels: Vec<Value> = tried
                    .kernels
                    .iter()
                    .map(|kernel| {
                        json!({
                            "kernel": kernel.kernel.name(),
                            "median_us": kernel.median.as_secs_f64() * 1e6,
                            "ratio": quartiles(&kernel.ratio),
                        })
                    })
                    .collect();
                json!({
                    "key": tried.layer.key,
                    "layers": nodes,
                    "untuned": tried.kernels[0].kernel.name(),
                    "winner": tried.kernels[tried.winner].kernel.name(),
                    "kernels": kernels,
                })
            })
            .collect();
        let milliseconds = |times: &AlternativeTimes| {
            times
                .spread()
                .map(|spread| spread.median.as_secs_f64() * 1e3)
        };
        json!({
            "model": self.graph.name(),
            "adapter": self.gpu.description().to_string(),
            "precision": self.precision.name(),
            "batch": self.batch,
            "rounds": self.rounds,
            "layers": layers,
            "network": self.network.as_ref().map(|[before, after]| json!({
                "untuned_ms": milliseconds(before),
                "tuned_ms": milliseconds(after),
                "ratio": after.ratio_to(before).as_ref().map(quartiles),
            })),
            "remembered": self.remembered,
        })
    }
}

/// The name of the first layer, and the number of equal layers.
fn layer_name(graph: &Graph, tried: &Tried) -> String {
    let first = graph.node(tried.layer.nodes[0]).name();
    match tried.layer.nodes.len() {
        1 => first.to_owned(),
        count => format!("{first} and {} more", count - 1),
    }
}

fn microseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}
