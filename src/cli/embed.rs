//! `menagerie embed`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::photo::Source;
use menagerie::tensor::Shape;
use menagerie::{Network, Tensor, atomic_write, npy};
use serde_json::{Value, json};

use super::apart;
use super::embedding::EmbeddingArguments;
use super::json_lines::JsonLines;
use super::output::{Failure, counted, one_line};
use super::photos::{Photos, SubfoldersArgument};
use super::resume::Resumed;

/// Compute a feature vector for each photo; similar photos have vectors of similar direction
#[derive(Args)]
pub struct Embed {
    /// Images, folders of images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    subfolders: SubfoldersArgument,
    /// NumPy file to write, with a row for each image in their order. Optional with --json or --resume: without a file,
    /// the JSON has the vectors
    #[arg(long, short, value_name = "FILE", required_unless_present_any = ["json", "resume"])]
    output: Option<PathBuf>,
    #[command(flatten)]
    embedding: EmbeddingArguments,
    /// Print JSON Lines: an object in one line for each image, as soon as its vector is computed
    #[arg(long)]
    json: bool,
    /// Continue an interrupted run: leave out the images with a vector in this file of JSON Lines, and append the other
    /// vectors to it
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    resume: Option<PathBuf>,
}

impl Embed {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        if let Some(output) = &self.output {
            atomic_write::check(output)?;
        }
        let mut photos = Photos::find(None, &self.files, &self.subfolders)?;
        let resumed = self.resume.as_deref();
        let model = self.embedding.network_name();
        let resumed = resumed.map(|path| Resumed::open(path, &model, "vector"));
        let resumed = resumed.transpose()?;
        if let Some(resumed) = &resumed {
            photos = resumed.left_of(photos);
        }
        let sources = photos.sources();
        if sources.is_empty() {
            return photos.end(out);
        }
        let (mut network, inputs) = self.embedding.load(&photos)?;
        if let Some(output) = self.output.as_ref().or(self.resume.as_ref()) {
            apart::check_run(output, &network, &sources)?;
        }
        let shape = network.features_shape()?;
        let file = self.output.as_deref();
        let file = file.map(|path| npy::Writer::create(path, shape));
        let mut rows = Rows {
            file: file.transpose()?,
            form: match self.json || resumed.is_some() {
                true => Form::Json(JsonLines::new(&mut *out, &network, resumed)),
                false => Form::Text(&mut *out),
            },
            count: 0,
        };
        let mut vectors = network.features_stream(inputs);
        for source in sources.iter() {
            match vectors.next() {
                Some(Err(error)) if vectors.has_failed() => {
                    drop(rows);
                    return Err(photos.stopped(out, error));
                }
                Some(Ok(vector)) => photos.print(|| rows.add(source, &vector))?,
                Some(Err(error)) => {
                    photos.print(|| rows.fail(source, &error))?;
                    photos.fail(source, error);
                }
                None => break,
            }
            photos.advance();
        }
        photos.end_progress();
        let count = rows.finish()?;
        if let (Some(output), 1.., false) = (&self.output, count, self.json) {
            let time = started.elapsed().as_secs_f64() * 1e3;
            let output = one_line(&output.to_string_lossy()).into_owned();
            writeln!(
                out,
                "{}, written to {output}",
                summary(&network, shape, count, time)
            )?;
        }
        photos.end(out)
    }
}

/// What was computed, in `total` milliseconds.
fn summary(network: &Network, shape: Shape, count: usize, total: f64) -> String {
    let what = match shape.is_vector() {
        true => format!("{} values", shape.channels),
        false => format!("{shape} values"),
    };
    format!(
        "{} on {}: {} of {what} in {total:.0} ms, {:.0} ms of it in the network",
        network.name(),
        network.device(),
        counted(count, "row"),
        network.running_time().as_secs_f64() * 1e3,
    )
}

/// The destination of the vectors.
struct Rows<'a> {
    file: Option<npy::Writer>,
    form: Form<'a>,
    count: usize,
}

enum Form<'a> {
    Text(&'a mut dyn Write),
    Json(JsonLines<'a>),
}

impl Rows<'_> {
    /// Adds the `vector` of the photo of `source`.
    fn add(&mut self, source: &Source, vector: &Tensor) -> Result<(), Failure> {
        let row = self.count;
        self.count += 1;
        if let Some(file) = &mut self.file {
            file.append(vector)?;
        }
        match &mut self.form {
            Form::Text(out) => writeln!(out, "{row:>8}  {}", one_line(&source.to_string()))?,
            Form::Json(lines) => {
                let shape = ("vector_shape", extents(vector.shape()));
                match &self.file {
                    Some(_) => lines.write(source, [("row", row.into()), shape])?,
                    None => lines.write(source, [("vector", json!(vector.data())), shape])?,
                }
            }
        }
        Ok(())
    }

    /// Reports that the photo of `source` has no vector.
    fn fail(&mut self, source: &Source, error: &menagerie::Error) -> Result<(), Failure> {
        match &mut self.form {
            Form::Text(_) => Ok(()),
            Form::Json(lines) => lines.write_error(source, error),
        }
    }

    /// Completes the file, unless it has no row, and returns the number of rows.
    fn finish(self) -> Result<usize, Failure> {
        if let (Some(file), 1..) = (self.file, self.count) {
            file.finish()?;
        }
        Ok(self.count)
    }
}

/// The extents of a vector, or of an image.
fn extents(shape: Shape) -> Value {
    match shape.is_vector() {
        true => json!([shape.channels]),
        false => json!([shape.channels, shape.height, shape.width]),
    }
}
