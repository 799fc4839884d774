//! `menagerie evaluate`.

mod class_names;
mod html;
mod label_file;
mod labelled;
mod report;
mod thumbnail;
mod worst;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::evaluation::{Evaluation, Judged};
use menagerie::network::NetworkBuilder;
use menagerie::photo::{Source, Stream};
use menagerie::tasks::Classification;
use menagerie::zoo::Task;
use menagerie::{Error, ErrorKind, Labels, atomic_write};
use serde_json::{Value, json};

use super::apart;
use super::arguments::{batch_size, count};
use super::json_lines::JsonLines;
use super::output::{Failure, note};
use super::photo_network::PhotoNetwork;
use super::photos::{Photos, note_left_out};
use class_names::ClassNames;
use labelled::{Labelled, Matching};
use report::Report;
use worst::{Mistake, Worst};

/// Two logits that are nearer than this change their order with the decoder: JPEG decoders differ by a level or two.
const NEAR: f32 = 0.05;
/// The number of classes of an answer in a file of predictions, and on the page.
const SHOWN: usize = 5;

/// Measure the accuracy of a network on labelled photos: top-1, top-5 and a confusion table
#[derive(Args)]
pub struct Evaluate {
    /// Folder of photos: a folder in it for each class, or any photos with --labels
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// File with the right class of each photo: lines `NAME<TAB>CLASS`, CSV, or JSON. Names are paths inside DIR; a
    /// class is a name, an index or a WordNet id
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// File with the names of the classes, one in each line
    #[arg(long, value_name = "FILE")]
    class_names: Option<PathBuf>,
    #[command(flatten)]
    network: PhotoNetwork,
    /// Largest number of images in a batch; by default 8 on a GPU, else 1
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
    /// Decode photos as a loop of PyTorch and torchvision does: ignore EXIF orientation and ICC profiles. Also lists the
    /// photos whose two best logits are within 0.05, where another decoder of JPEG can change the answer
    #[arg(long)]
    as_torchvision: bool,
    /// Write an HTML page with the results and the worst mistakes as pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Number of mistakes on the page
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = count())]
    worst: usize,
    /// Write JSON Lines to this file: an object in one line for each photo, with its answer
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let mut network = self.network.builder()?;
        network.expect_task(Task::Classify)?;
        for path in self.html.iter().chain(&self.predictions) {
            apart::check(path, self.labels.iter().chain(&self.class_names))?;
        }
        let labels = self.class_names.as_deref().map(Labels::read).transpose()?;
        if let Some(labels) = &labels {
            network = network.labels(labels.clone());
        }
        let (labelled, matching) = self.labelled(&mut network, labels)?;
        let (sources, classes): (Vec<Source>, Vec<usize>) = labelled.photos.into_iter().unzip();
        let mut photos = Photos::of(sources, labelled.failed);
        let sources = photos.sources();
        if sources.is_empty() {
            return photos.end(out);
        }
        let decoding = match self.as_torchvision {
            true => self.network.decoding().profile(false).orientation(false),
            false => self.network.decoding(),
        };
        let batch = photos.batch(self.batch);
        let preprocess = network.photo_preprocess()?;
        let inputs = Stream::start_ahead(photos.sources(), batch, decoding, move |photo| {
            preprocess.apply(&photo)
        })?;
        let mut network = network.batch_up_to(batch).load()?;
        for path in self.html.iter().chain(&self.predictions) {
            apart::check_run(path, &network, &sources)?;
        }
        Photos::limit_batch(&mut network, self.batch);
        let mut predictions = self.predictions.as_deref().map(create).transpose()?;
        let mut predictions = predictions
            .as_mut()
            .map(|file| JsonLines::new(file, &network, None));
        let mut counted = Counted {
            evaluation: Evaluation::new(network.classes()?),
            worst: Worst::new(self.worst),
            near: Vec::new(),
        };
        let mut answers = network.classify_stream(inputs);
        for (source, &class) in sources.iter().zip(&classes) {
            let answer = match answers.next() {
                Some(Err(error)) if answers.has_failed() => {
                    return Err(photos.stopped(out, error));
                }
                Some(answer) => answer,
                None => break,
            };
            let judged = answer.and_then(|answer| counted.add(source, class, answer));
            match judged {
                Ok((judged, answer)) => {
                    if let Some(lines) = &mut predictions {
                        lines.write(source, fields(class, &judged, &answer))?;
                    }
                }
                Err(error) => {
                    if let Some(lines) = &mut predictions {
                        lines.write_error(source, &error)?;
                    }
                    photos.fail(source, error);
                }
            }
            photos.advance();
        }
        photos.end_progress();
        let report = Report {
            network: network.name(),
            adapter: network.device().to_string(),
            weights: network.weights().to_string(),
            labels: network.labels(),
            matching,
            evaluation: counted.evaluation,
            worst: counted.worst.into_sorted(),
            near: counted.near,
            failed: photos.failed(),
            total: started.elapsed(),
            running: network.running_time(),
        };
        if let Some(path) = &self.html {
            atomic_write::write(path, html::page(&report, &decoding).as_bytes())?;
        }
        match self.json {
            true => report.write_json(out)?,
            false => report.write_text(out, self.as_torchvision)?,
        }
        photos.end(out)
    }

    /// The photos with their right classes, and how class folders became classes.
    fn labelled(
        &self,
        network: &mut NetworkBuilder<'_>,
        labels: Option<Labels>,
    ) -> Result<(Labelled, Option<Matching>), Failure> {
        let names = ClassNames::of(network, labels)?;
        let (labelled, matching) = match &self.labels {
            Some(file) => {
                let labels = label_file::read(file, &names)?;
                (Labelled::by_file(&self.folder, &labels)?, None)
            }
            None => {
                let by_folder = Labelled::by_folder(&self.folder, &names);
                let (labelled, matching) = by_folder.map_err(|error| match error.kind() {
                    ErrorKind::Input => error.with_advice("--labels takes a file of classes"),
                    _ => error,
                })?;
                (labelled, Some(matching))
            }
        };
        note_left_out(&labelled.left_out);
        match labelled.unlabelled {
            0 => {}
            1 => note(&"left out: 1 image without a label"),
            several => note(&format_args!("left out: {several} images without a label")),
        }
        Ok((labelled, matching))
    }
}

fn create(path: &std::path::Path) -> Result<File, Error> {
    File::create(path).map_err(|error| {
        let message = format!("{}: cannot be written: {error}", path.display());
        Error::new(ErrorKind::Io, message)
    })
}

/// What is counted and kept while the photos are answered.
struct Counted {
    evaluation: Evaluation,
    worst: Worst,
    near: Vec<Near>,
}

/// A photo whose two best logits are near each other.
struct Near {
    source: Source,
    class: usize,
    predicted: usize,
    margin: f32,
}

impl Counted {
    /// Counts the `answer` to the photo of `source`, of the right `class`.
    fn add(
        &mut self,
        source: &Source,
        class: usize,
        answer: Classification,
    ) -> Result<(Judged, Classification), Error> {
        let judged = self.evaluation.add(class, answer.scores())?;
        if judged.rank > 0 {
            self.worst.offer(judged.loss, || {
                Mistake::new(source, class, judged.loss, &answer)
            });
        }
        if judged.margin <= NEAR {
            self.near.push(Near {
                source: source.clone(),
                class,
                predicted: judged.predicted,
                margin: judged.margin,
            });
        }
        Ok((judged, answer))
    }
}

/// The line of a photo in the file of predictions.
fn fields(class: usize, judged: &Judged, answer: &Classification) -> [(&'static str, Value); 6] {
    let labels = answer.labels();
    let top = answer.top(SHOWN).into_iter().map(|guess| {
        let (index, probability) = (guess.index, guess.probability);
        json!({ "index": index, "label": labels.name(index), "probability": probability })
    });
    [
        ("class", class.into()),
        ("predicted", judged.predicted.into()),
        ("rank", judged.rank.into()),
        ("loss", judged.loss.into()),
        ("margin", judged.margin.into()),
        ("top", top.collect()),
    ]
}
