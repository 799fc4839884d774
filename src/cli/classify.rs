//! `menagerie classify`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use menagerie::likeliest::{Guess, likeliest};
use menagerie::zoo::{self, Labels, Model};
use menagerie::{Error, ErrorKind, Tensor, passes};
use serde_json::{Value, json};

use super::arguments::{AdapterArgument, PassArguments, SizeArgument, batch_size, count};
use super::executor::Executor;
use super::output::{self, Failure, counted, one_line};
use super::photos::{self, Failed, Found, Source, Stream};
use super::weights::{self, WeightsArguments};

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
        if model.labels == Labels::Mask {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} answers for each pixel and not for the photo; `menagerie segment` makes a mask of \
                     its answer",
                    model.name
                ),
            )
            .into());
        }
        let passes = self.passes.set()?;
        let Found { sources, failed } = photos::find(&self.files);
        if sources.is_empty() {
            failed.iter().for_each(report);
            return Err(Failure::Reported);
        }
        let sources: Arc<[Source]> = sources.into();
        let batch = self.batch.unwrap_or(USUAL_BATCH).min(sources.len());
        let shape = self.size.shape(model);
        let weights = self.weights.source(model)?;
        // The first photos decode while the network loads.
        let preprocess = weights
            .preprocess(model)
            .for_size(shape.height, shape.width);
        let stream = Stream::start(Arc::clone(&sources), preprocess)?;
        let weights = weights.open(model)?;
        let graph = model.graph_of(shape, &weights)?;
        let graph = passes::optimize(&graph, &passes)?;
        let executor = Executor::open(&self.adapter.choice(), &graph, &weights, batch)?;

        let names = weights::names(model, &graph);
        let mut session = Session {
            out,
            top: self.top,
            json: self.json,
            names,
            executor,
            progress: progress(sources.len()),
            computing: Duration::ZERO,
            classified: 0,
            values: Vec::new(),
            failed,
        };
        session.classify(&sources, stream, batch)?;
        session.finish(model, started)
    }
}

/// What comes together while the photos go through.
struct Session<'a> {
    out: &'a mut dyn Write,
    top: usize,
    json: bool,
    names: Vec<&'static str>,
    executor: Executor,
    progress: ProgressBar,
    computing: Duration,
    classified: usize,
    values: Vec<Value>,
    failed: Vec<Failed>,
}

impl Session<'_> {
    fn classify(
        &mut self,
        sources: &[Source],
        stream: Stream,
        batch: usize,
    ) -> Result<(), Failure> {
        let mut waiting: Vec<(&Source, Tensor)> = Vec::with_capacity(batch);
        for (source, input) in sources.iter().zip(stream) {
            match input {
                Ok(input) => waiting.push((source, input)),
                Err(error) => {
                    self.progress.inc(1);
                    self.failed.push(Failed {
                        name: source.to_string(),
                        error,
                    });
                }
            }
            if waiting.len() == batch {
                self.answer(&mut waiting)?;
            }
        }
        self.answer(&mut waiting)
    }

    /// Runs the network on the photos that wait, and prints what is on them.
    fn answer(&mut self, waiting: &mut Vec<(&Source, Tensor)>) -> Result<(), Failure> {
        let Some((_, first)) = waiting.first() else {
            return Ok(());
        };
        let shape = first.shape();
        let pixels = waiting.iter().flat_map(|(_, input)| input.data());
        let input = Tensor::new(waiting.len(), shape, pixels.copied().collect())?;
        let started = Instant::now();
        let answers = self.executor.run(&input)?;
        self.computing += started.elapsed();
        for (index, (source, _)) in waiting.drain(..).enumerate() {
            let guesses = likeliest(answers.image(index), self.top);
            self.classified += 1;
            self.progress.inc(1);
            let progress = self.progress.clone();
            progress.suspend(|| self.print(source, &guesses))?;
        }
        Ok(())
    }

    fn print(&mut self, source: &Source, guesses: &[Guess]) -> Result<(), Failure> {
        let names = &self.names;
        let name = |guess: &Guess| names.get(guess.index).copied();
        if self.json {
            let top: Vec<Value> = guesses
                .iter()
                .map(|guess| {
                    json!({
                        "index": guess.index,
                        "label": name(guess),
                        "probability": guess.probability,
                    })
                })
                .collect();
            self.values
                .push(json!({ "file": source.to_string(), "top": top }));
            return Ok(());
        }
        writeln!(self.out, "{}", one_line(&source.to_string()))?;
        for guess in guesses {
            writeln!(
                self.out,
                "{:>7.2}%  {}",
                guess.probability * 100.0,
                name(guess).map_or_else(|| format!("class {}", guess.index), str::to_owned)
            )?;
        }
        Ok(())
    }

    fn finish(self, model: &Model, started: Instant) -> Result<(), Failure> {
        self.progress.finish_and_clear();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let (total, network) = (
            milliseconds(started.elapsed()),
            milliseconds(self.computing),
        );
        let adapter = self.executor.describe();
        if self.json {
            let failed: Vec<Value> = self
                .failed
                .iter()
                .map(|failed| json!({ "file": failed.name, "error": failed.error.to_string() }))
                .collect();
            let value = json!({
                "model": model.name,
                "adapter": adapter,
                "images": self.values,
                "failed": failed,
                "total_ms": total,
                "network_ms": network,
            });
            output::json(self.out, &value)?;
        } else if self.classified > 0 {
            writeln!(
                self.out,
                "{} on {adapter}: {} in {total:.0} ms, {network:.0} ms of it in the network",
                model.name,
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

fn report(failed: &Failed) {
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
