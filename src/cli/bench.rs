//! `menagerie bench`.

use std::io::Write;
use std::time::Instant;

use clap::Args;
use menagerie::weights::synthetic_input;
use menagerie::{passes, zoo};
use serde_json::json;

use super::arguments::{AdapterArgument, PassArguments, SizeArgument, at_least_one, batch_size};
use super::executor::Executor;
use super::output::{self, Failure};
use super::weights;

/// Time a network's runs, upload to logits included
#[derive(Args)]
pub struct Bench {
    /// Name of the network
    model: String,
    /// Number of runs after the first
    #[arg(long, default_value_t = 20, value_parser = at_least_one())]
    runs: usize,
    /// Images that go through at once
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    batch: usize,
    /// Its parameters: a safetensors file, or `synthetic:SEED`
    #[arg(long, value_name = "FILE")]
    weights: Option<String>,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let model = zoo::find(&self.model)?;
        let passes = self.passes.set()?;
        let weights = weights::open_or_synthetic(model, self.weights.as_deref())?;
        let shape = self.size.shape(model);

        // From here on everything counts that stands between a loaded file and its first answer.
        let started = Instant::now();
        let graph = weights::graph(model, shape, &weights)?;
        let graph = passes::optimize(&graph, &passes)?;
        let mut executor = Executor::open(&self.adapter.choice(), &graph, &weights, self.batch)?;
        let prepared = milliseconds(started);
        // The plan has found room for as many images.
        let input = synthetic_input(0, self.batch, shape);
        let started = Instant::now();
        executor.run(&input)?;
        let first = prepared + milliseconds(started);

        let mut times = Vec::new();
        for _ in 0..self.runs {
            let started = Instant::now();
            executor.run(&input)?;
            times.push(milliseconds(started));
        }
        times.sort_by(f64::total_cmp);
        let (median, min, max) = (median(&times), times[0], times[times.len() - 1]);
        if self.json {
            let value = json!({
                "model": model.name,
                "adapter": executor.describe(),
                "batch": self.batch,
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
            "{} on {}, batch {}, {} runs: median {median:.2} ms, min {min:.2}, max {max:.2}; first answer \
             after {first:.0} ms",
            model.name,
            executor.describe(),
            self.batch,
            self.runs,
        )?;
        Ok(())
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The middle of `sorted` times, or the mean of the middle two.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    } else {
        sorted[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(median(&[1.0]), 1.0);
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
    }
}
