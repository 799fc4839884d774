//! `menagerie classify`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use menagerie::photo::{self, Found, Source, Stream, Unusable};
use menagerie::tasks::Classification;
use menagerie::zoo::{self, Task};
use menagerie::{Labels, Network};
use serde_json::{Value, json};

use super::arguments::{AdapterArgument, PassArguments, SizeArgument, batch_size, count};
use super::notices::notices;
use super::output::{self, Failure, counted, one_line};
use super::weights::WeightsArguments;

/// Largest batch that is chosen unasked: more gains little and delays the first answers.
const USUAL_BATCH: usize = 8;

/// Say what is on photos
#[derive(Args)]
pub struct Classify {
    /// Images, folders of images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Name of the network
    #[arg(long, default_value = "mobilenet_v2")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    /// Number of guesses for each image
    #[arg(long, default_value_t = 5, value_parser = count())]
    top: usize,
    /// Images that go through at once
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Classify {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let model = zoo::find(&self.model)?;
        model
            .check_task(Task::Classify)
            .map_err(|error| error.with_advice("`menagerie segment` makes a mask of its answer"))?;
        let passes = self.passes.set()?;
        let Found { sources, failed } = photo::find(&self.files);
        if sources.is_empty() {
            failed.iter().for_each(report);
            return Err(Failure::Reported);
        }
        let sources: Arc<[Source]> = sources.into();
        let batch = self.batch.unwrap_or(USUAL_BATCH).min(sources.len());
        let network = Network::builder(model.name)
            .batch(batch)
            .passes(passes)
            .on_notice(notices(model.name));
        let network = self.adapter.apply(self.size.apply(network));
        let mut network = self.weights.apply(network)?;
        // The first photos decode while the network loads.
        let shape = self.size.shape(model);
        let preprocess = network.checkpoint()?.preprocess();
        let preprocess = preprocess.for_size(shape.height, shape.width);
        let inputs = Stream::start(Arc::clone(&sources), move |photo| preprocess.apply(&photo))?;
        let mut network = network.load()?;
        let mut printed = Printed {
            out,
            top: self.top,
            json: self.json,
            labels: network.labels().clone(),
            progress: progress(sources.len()),
            classified: 0,
            values: Vec::new(),
            failed,
        };
        let mut answers = network.classify_stream(inputs);
        for source in sources.iter() {
            match answers.next() {
                Some(Err(error)) if answers.has_failed() => return Err(error.into()),
                Some(answer) => printed.take(source, answer)?,
                None => break,
            }
        }
        printed.finish(&network, started)
    }
}

/// What comes together while the photos go through.
struct Printed<'a> {
    out: &'a mut dyn Write,
    top: usize,
    json: bool,
    labels: Labels,
    progress: ProgressBar,
    classified: usize,
    values: Vec<Value>,
    failed: Vec<Unusable>,
}

impl Printed<'_> {
    /// Prints what is on the photo of `source`, or keeps why that is not known.
    fn take(
        &mut self,
        source: &Source,
        answer: menagerie::Result<Classification>,
    ) -> Result<(), Failure> {
        self.progress.inc(1);
        match answer {
            Ok(answer) => {
                self.classified += 1;
                let progress = self.progress.clone();
                progress.suspend(|| self.print(source, &answer))
            }
            Err(error) => {
                self.failed.push(Unusable {
                    name: source.to_string(),
                    error,
                });
                Ok(())
            }
        }
    }

    fn print(&mut self, source: &Source, answer: &Classification) -> Result<(), Failure> {
        let top = answer.top(self.top);
        if self.json {
            let top: Vec<Value> = top
                .iter()
                .map(|guess| {
                    json!({
                        "index": guess.index,
                        "label": self.labels.name(guess.index),
                        "probability": guess.probability,
                    })
                })
                .collect();
            self.values
                .push(json!({ "file": source.to_string(), "top": top }));
            return Ok(());
        }
        writeln!(self.out, "{}", one_line(&source.to_string()))?;
        for guess in top {
            let label = one_line(&guess.label);
            writeln!(self.out, "{:>7.2}%  {label}", guess.probability * 100.0)?;
        }
        Ok(())
    }

    fn finish(self, network: &Network, started: Instant) -> Result<(), Failure> {
        self.progress.finish_and_clear();
        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let (name, adapter) = (network.name(), network.device());
        if self.json {
            let failed: Vec<Value> = self
                .failed
                .iter()
                .map(|failed| json!({ "file": failed.name, "error": failed.error.to_string() }))
                .collect();
            let value = json!({
                "model": name,
                "adapter": adapter.to_string(),
                "images": self.values,
                "failed": failed,
                "total_ms": total,
                "network_ms": computing,
            });
            output::json(self.out, &value)?;
        } else if self.classified > 0 {
            writeln!(
                self.out,
                "{name} on {adapter}: {} in {total:.0} ms, {computing:.0} ms of it in the network",
                counted(self.classified, "image")
            )?;
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        self.out.flush()?;
        self.failed.iter().for_each(report);
        Err(Failure::Reported)
    }
}

fn report(failed: &Unusable) {
    output::complain(&format_args!("{}: {}", failed.name, failed.error));
}

/// A bar on the terminal's standard error, where more than one photo makes it worth it.
fn progress(photos: usize) -> ProgressBar {
    if photos < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} images, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(photos as u64).with_style(style)
}
