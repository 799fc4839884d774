//! `menagerie embed`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::photo::Source;
use menagerie::tensor::Shape;
use menagerie::{Network, Tensor, atomic_write, npy};
use serde_json::{Value, json};

use super::embedding::EmbeddingArguments;
use super::output::{self, Failure, counted, one_line};
use super::photos::Photos;

/// Turn photos into vectors: similar photos have vectors of similar direction
#[derive(Args)]
pub struct Embed {
    /// Images, folders of images, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// NumPy file to write, with a row for each image in their order; with --json it may be left out, and the vectors
    /// are in the JSON
    #[arg(long, short, value_name = "FILE", required_unless_present = "json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    embedding: EmbeddingArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Embed {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        if let Some(output) = &self.output {
            atomic_write::check(output)?;
        }
        let mut photos = Photos::find(None, &self.files)?;
        let (mut network, inputs) = self.embedding.load(&photos)?;
        let shape = network.features_shape()?;
        let mut rows = Rows::new(self, shape)?;
        let mut vectors = network.features_stream(inputs);
        for source in photos.sources().iter() {
            match vectors.next() {
                Some(Err(error)) if vectors.has_failed() => return Err(error.into()),
                Some(Ok(vector)) => {
                    let row = rows.add(source, &vector)?;
                    if !self.json {
                        let name = source.to_string();
                        photos.print(|| writeln!(out, "{row:>8}  {}", one_line(&name)))?;
                    }
                }
                Some(Err(error)) => photos.fail(source, error),
                None => break,
            }
            photos.advance();
        }
        photos.end_progress();
        let count = rows.count;
        let values = rows.finish()?;
        let time = started.elapsed().as_secs_f64() * 1e3;
        match self.json {
            true => {
                let value = self.value(&network, shape, values, &photos, time);
                output::json(out, &value)?;
            }
            false => self.summarize(out, &network, shape, count, time)?,
        }
        photos.end(out)
    }

    /// What is printed as JSON, `total` in milliseconds.
    fn value(
        &self,
        network: &Network,
        shape: Shape,
        images: Vec<Value>,
        photos: &Photos,
        total: f64,
    ) -> Value {
        let shape = match shape.is_vector() {
            true => json!([shape.channels]),
            false => json!([shape.channels, shape.height, shape.width]),
        };
        let mut value = json!({
            "model": network.name(),
            "adapter": network.device().to_string(),
            "vector_shape": shape,
            "images": images,
            "failed": photos.failed(),
            "total_ms": total,
            "network_ms": network.running_time().as_secs_f64() * 1e3,
        });
        if let Some(output) = &self.output {
            value["output"] = output.to_string_lossy().into();
        }
        value
    }

    fn summarize(
        &self,
        out: &mut dyn Write,
        network: &Network,
        shape: Shape,
        count: usize,
        total: f64,
    ) -> Result<(), Failure> {
        let (Some(output), 1..) = (&self.output, count) else {
            return Ok(());
        };
        let what = match shape.is_vector() {
            true => format!("{} values", shape.channels),
            false => format!("{shape} values"),
        };
        writeln!(
            out,
            "{} on {}: {} of {what} in {total:.0} ms, {:.0} ms of it in the network, written to {}",
            network.name(),
            network.device(),
            counted(count, "row"),
            network.running_time().as_secs_f64() * 1e3,
            one_line(&output.to_string_lossy()),
        )?;
        Ok(())
    }
}

/// Where the vectors go.
struct Rows {
    file: Option<npy::Writer>,
    /// With JSON, which row is of which file, and the vector where there is no other place for it.
    values: Option<Vec<Value>>,
    count: usize,
}

impl Rows {
    fn new(command: &Embed, shape: Shape) -> Result<Self, Failure> {
        let output = command.output.as_deref();
        let file = output.map(|path| npy::Writer::create(path, shape));
        Ok(Self {
            file: file.transpose()?,
            values: command.json.then(Vec::new),
            count: 0,
        })
    }

    /// Adds the `vector` of the photo of `source`, and tells its row.
    fn add(&mut self, source: &Source, vector: &Tensor) -> Result<usize, Failure> {
        let row = self.count;
        if let Some(file) = &mut self.file {
            file.append(vector)?;
        }
        if let Some(values) = &mut self.values {
            let mut value = json!({ "file": source.to_string(), "row": row });
            if self.file.is_none() {
                value["vector"] = json!(vector.data());
            }
            values.push(value);
        }
        self.count += 1;
        Ok(row)
    }

    /// Completes the file, unless it has no row, and gives what JSON says of each.
    fn finish(self) -> Result<Vec<Value>, Failure> {
        if let (Some(file), 1..) = (self.file, self.count) {
            file.finish()?;
        }
        Ok(self.values.unwrap_or_default())
    }
}
