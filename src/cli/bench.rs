//! `menagerie bench`.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use menagerie::profile::Spread;
use menagerie::weights::synthetic_input;
use menagerie::{passes, zoo};
use serde_json::json;

use super::arguments::{NetworkArguments, count};
use super::executor::Executor;
use super::output::{self, Failure, counted};
use super::weights::WeightsArguments;

/// Time a network's runs, upload to logits included
#[derive(Args)]
pub struct Bench {
    /// Number of runs after the first
    #[arg(long, default_value_t = 20, value_parser = count())]
    runs: usize,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    weights: WeightsArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let network = &self.network;
        let model = zoo::find(&network.model)?;
        let passes = network.passes.set()?;
        let weights = self.weights.source_or_synthetic(model)?.open(model)?;
        let shape = network.size.shape(model);

        // From here on everything counts that stands between a loaded file and its first answer.
        let started = Instant::now();
        let graph = model.graph_of(shape, &weights)?;
        let graph = passes::optimize(&graph, &passes)?;
        let mut executor =
            Executor::open(&network.adapter.choice(), &graph, &weights, network.batch)?;
        let prepared = started.elapsed();
        // The plan has found room for as many images.
        let input = synthetic_input(0, network.batch, shape);
        let started = Instant::now();
        executor.run(&input)?;
        let first = milliseconds(prepared + started.elapsed());

        let mut times = Vec::new();
        for _ in 0..self.runs {
            let started = Instant::now();
            executor.run(&input)?;
            times.push(started.elapsed());
        }
        let spread = Spread::of(times).map(|spread| [spread.median, spread.least, spread.most]);
        let [median, min, max] = spread.unwrap_or_default().map(milliseconds);
        if self.json {
            let value = json!({
                "model": model.name,
                "adapter": executor.describe(),
                "batch": network.batch,
                "runs": self.runs,
                "median_ms": median,
                "min_ms": min,
                "max_ms": max,
                "first_ms": first,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {}, batch {}, {}: median {median:.2} ms, min {min:.2}, max {max:.2}; first answer \
             after {first:.0} ms",
            model.name,
            executor.describe(),
            network.batch,
            counted(self.runs, "run"),
        )?;
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
