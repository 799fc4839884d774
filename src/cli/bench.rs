//! `menagerie bench`.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use menagerie::profile::Spread;
use menagerie::weights::synthetic_inputs;
use serde_json::json;

use super::arguments::{NetworkArguments, count};
use super::output::{self, Failure, counted};
use super::weights::WeightsArguments;

/// Measure the run time of a network, from the upload of the inputs, which are synthetic, to the answer
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
        let mut network = self.weights.apply_or_synthetic(self.network.builder()?)?;
        network.open()?;

        // The time to the first answer begins after the file is opened.
        let started = Instant::now();
        let mut network = network.load()?;
        network.prepare()?;
        let prepared = started.elapsed();
        // The batch for which the network was planned.
        let batch = network.batch();
        let signature = network.signature()?;
        let inputs = synthetic_inputs(0, batch, &signature)?;
        let inputs = signature.named(&inputs);
        let started = Instant::now();
        network.run_named(&inputs)?;
        let first = milliseconds(prepared + started.elapsed());

        let mut times = Vec::new();
        for _ in 0..self.runs {
            let started = Instant::now();
            network.run_named(&inputs)?;
            times.push(started.elapsed());
        }
        let spread = Spread::of(times).map(|spread| [spread.median, spread.least, spread.most]);
        let [median, min, max] = spread.unwrap_or_default().map(milliseconds);
        if self.json {
            let value = json!({
                "model": network.name(),
                "adapter": network.device().to_string(),
                "precision": network.precision().name(),
                "batch": batch,
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
            network.name(),
            network.device(),
            batch,
            counted(self.runs, "run"),
        )?;
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
