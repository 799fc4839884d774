//! `menagerie classify`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::photo::{Source, Stream};
use menagerie::tasks::Classification;
use menagerie::zoo::Task;
use menagerie::{ErrorKind, Labels, Network};
use serde_json::{Value, json};

use super::apart;
use super::arguments::{LabelsArgument, batch_size, count};
use super::json_lines::{JsonLines, file};
use super::output::{Failure, counted, note, one_line};
use super::photo_network::PhotoNetwork;
use super::photos::{Photos, SubfoldersArgument};
use super::resume::Resumed;

/// Classify photos
#[derive(Args)]
pub struct Classify {
    /// Images, folders of images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    subfolders: SubfoldersArgument,
    #[command(flatten)]
    network: PhotoNetwork,
    #[command(flatten)]
    labels: LabelsArgument,
    /// Number of classes to print for each image
    #[arg(long, default_value_t = 5, value_parser = count())]
    top: usize,
    /// Largest number of images in a batch; by default 8 on a GPU, else 1
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
    /// Print JSON Lines: an object in one line for each image, as soon as it is classified
    #[arg(long)]
    json: bool,
    /// Print CSV: a row for each class of each image
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Continue an interrupted run: leave out the images with an answer in this file of JSON Lines, and append the
    /// other answers to it
    #[arg(long, value_name = "FILE", conflicts_with = "csv")]
    resume: Option<PathBuf>,
}

impl Classify {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let mut network = self.labels.apply(self.network.builder()?)?;
        network
            .expect_task(Task::Classify)
            .map_err(|error| match error.kind() {
                ErrorKind::WrongTask => {
                    error.with_advice("`menagerie segment` writes its answer as a mask")
                }
                _ => error,
            })?;
        let mut photos = Photos::find(None, &self.files, &self.subfolders)?;
        let resumed = self.resume.as_deref();
        let resumed = resumed.map(|path| Resumed::open(path, &network.network_name(), "top"));
        let resumed = resumed.transpose()?;
        if let Some(resumed) = &resumed {
            photos = resumed.left_of(photos);
        }
        let sources = photos.sources();
        if sources.is_empty() {
            return photos.end(out);
        }
        let batch = photos.batch(self.batch);
        let mut network = network.batch_up_to(batch);
        // The first photos are decoded while the network is loaded.
        let preprocess = network.photo_preprocess()?;
        let decoding = self.network.decoding();
        let inputs = Stream::start_ahead(photos.sources(), batch, decoding, move |photo| {
            preprocess.apply(&photo)
        })?;
        let mut network = network.load()?;
        if let Some(path) = &self.resume {
            apart::check_run(path, &network, &sources)?;
        }
        Photos::limit_batch(&mut network, self.batch);
        let form = match (self.csv, self.json || resumed.is_some()) {
            (true, _) => Form::Csv(Box::new(csv::Writer::from_writer(&mut *out))),
            (_, true) => Form::Json(JsonLines::new(&mut *out, &network, resumed)),
            _ => Form::Text(&mut *out),
        };
        let mut printed = Printed {
            form,
            top: self.top,
            labels: network.labels().clone(),
            classified: 0,
        };
        printed.begin()?;
        let mut answers = network.classify_stream(inputs);
        for source in sources.iter() {
            match answers.next() {
                Some(Err(error)) if answers.has_failed() => {
                    drop(printed);
                    return Err(photos.stopped(out, error));
                }
                Some(Ok(answer)) => photos.print(|| printed.answer(source, &answer))?,
                Some(Err(error)) => {
                    photos.print(|| printed.error(source, &error))?;
                    photos.fail(source, error);
                }
                None => break,
            }
            photos.advance();
        }
        photos.end_progress();
        printed.end(&network, started)?;
        photos.end(out)
    }
}

/// The output of the command, photo by photo.
struct Printed<'a> {
    form: Form<'a>,
    top: usize,
    labels: Labels,
    classified: usize,
}

enum Form<'a> {
    Text(&'a mut dyn Write),
    Json(JsonLines<'a>),
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
}

impl Printed<'_> {
    /// Prints what comes before all answers.
    fn begin(&mut self) -> Result<(), Failure> {
        if let Form::Csv(csv) = &mut self.form {
            write_row(
                csv,
                [
                    "file",
                    "rank",
                    "index",
                    "label",
                    "probability",
                    "wordnet_id",
                ],
            )?;
        }
        Ok(())
    }

    /// Prints the classes of the photo of `source`.
    fn answer(&mut self, source: &Source, answer: &Classification) -> Result<(), Failure> {
        self.classified += 1;
        let top = answer.top(self.top);
        match &mut self.form {
            Form::Text(out) => {
                writeln!(out, "{}", one_line(&source.to_string()))?;
                for guess in top {
                    let label = one_line(&guess.label);
                    writeln!(out, "{:>7.2}%  {label}", guess.probability * 100.0)?;
                }
            }
            Form::Json(lines) => {
                let top: Vec<Value> = top
                    .iter()
                    .map(|guess| {
                        json!({
                            "index": guess.index,
                            "label": self.labels.name(guess.index),
                            "wordnet_id": self.labels.wordnet_id(guess.index),
                            "probability": guess.probability,
                        })
                    })
                    .collect();
                lines.write(source, [("top", top.into())])?;
            }
            Form::Csv(csv) => {
                for (rank, guess) in (1..).zip(top) {
                    let label = self.labels.name(guess.index).unwrap_or_default();
                    let id = self.labels.wordnet_id(guess.index).unwrap_or_default();
                    let [rank, index] = [rank, guess.index].map(|number| number.to_string());
                    let probability = guess.probability.to_string();
                    let row = [&file(source), &rank, &index, label, &probability, id];
                    write_row(csv, row)?;
                }
                csv.flush()?;
            }
        }
        Ok(())
    }

    /// Prints the error of the photo of `source`, where the output has one for each photo.
    fn error(&mut self, source: &Source, error: &menagerie::Error) -> Result<(), Failure> {
        match &mut self.form {
            Form::Json(lines) => lines.write_error(source, error),
            Form::Text(_) | Form::Csv(_) => Ok(()),
        }
    }

    /// Prints what comes after all answers: a line for people.
    fn end(self, network: &Network, started: Instant) -> Result<(), Failure> {
        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let (name, adapter) = (network.name(), network.device());
        let images = counted(self.classified, "image");
        let line = format!(
            "{name} on {adapter}: {images} in {total:.0} ms, {computing:.0} ms of it in the network"
        );
        match self.form {
            Form::Text(out) if self.classified > 0 => writeln!(out, "{line}")?,
            Form::Json(_) | Form::Csv(_) if io::stderr().is_terminal() => note(&line),
            _ => {}
        }
        Ok(())
    }
}

fn write_row(csv: &mut csv::Writer<impl Write>, row: [&str; 6]) -> Result<(), Failure> {
    csv.write_record(row).map_err(io::Error::from)?;
    Ok(())
}
