//! `menagerie classify`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::photo::{Source, Stream};
use menagerie::tasks::Classification;
use menagerie::zoo::Task;
use menagerie::{ErrorKind, Labels, Network};
use serde_json::{Value, json};

use super::arguments::{AdapterArgument, PassArguments, SizeArgument, batch_size, count};
use super::decoding::DecodingArguments;
use super::notices::notices;
use super::output::{self, Failure, counted, one_line};
use super::photos::Photos;
use super::weights::WeightsArguments;

/// Classify photos
#[derive(Args)]
pub struct Classify {
    /// Images, folders of images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Name of the network, or the path of an ONNX file
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
    #[command(flatten)]
    decoding: DecodingArguments,
    /// Number of classes to print for each image
    #[arg(long, default_value_t = 5, value_parser = count())]
    top: usize,
    /// Number of images in a batch
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Classify {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let network = Network::builder(&self.model).on_notice(notices(&self.model));
        let mut network = self.weights.apply(self.size.apply(network))?;
        network.expect_task(Task::Classify).map_err(|error| {
            let is_other = error.kind() == ErrorKind::WrongTask;
            match is_other {
                true => error.with_advice("`menagerie segment` writes its answer as a mask"),
                false => error,
            }
        })?;
        let passes = self.passes.set()?;
        let photos = Photos::find(None, &self.files)?;
        let sources = photos.sources();
        let network = network.batch(photos.batch(self.batch)).passes(passes);
        let mut network = self.adapter.apply(network);
        // The first photos are decoded while the network is loaded.
        let preprocess = network.photo_preprocess()?;
        let inputs = Stream::start(photos.sources(), self.decoding.decoding(), move |photo| {
            preprocess.apply(&photo)
        })?;
        let mut network = network.load()?;
        let mut printed = Printed {
            out,
            top: self.top,
            json: self.json,
            labels: network.labels().clone(),
            classified: 0,
            values: Vec::new(),
            photos,
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

/// The output of the command, collected while the photos are classified.
struct Printed<'a> {
    out: &'a mut dyn Write,
    top: usize,
    json: bool,
    labels: Labels,
    classified: usize,
    values: Vec<Value>,
    photos: Photos,
}

impl Printed<'_> {
    /// Prints the classes of the photo of `source`, or stores its error.
    fn take(
        &mut self,
        source: &Source,
        answer: menagerie::Result<Classification>,
    ) -> Result<(), Failure> {
        self.photos.advance();
        match answer {
            Ok(answer) => self.print(source, &answer),
            Err(error) => {
                self.photos.fail(source, error);
                Ok(())
            }
        }
    }

    fn print(&mut self, source: &Source, answer: &Classification) -> Result<(), Failure> {
        self.classified += 1;
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
        self.photos.print(|| {
            writeln!(self.out, "{}", one_line(&source.to_string()))?;
            for guess in top {
                let label = one_line(&guess.label);
                writeln!(self.out, "{:>7.2}%  {label}", guess.probability * 100.0)?;
            }
            Ok(())
        })
    }

    fn finish(self, network: &Network, started: Instant) -> Result<(), Failure> {
        self.photos.end_progress();
        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let (name, adapter) = (network.name(), network.device());
        if self.json {
            let value = json!({
                "model": name,
                "adapter": adapter.to_string(),
                "images": self.values,
                "failed": self.photos.failed(),
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
        self.photos.end(self.out)
    }
}
