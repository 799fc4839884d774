//! `menagerie similar`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::features::{Match, cosine};
use serde_json::{Value, json};

use super::arguments::count;
use super::embedding::EmbeddingArguments;
use super::json_lines::name;
use super::output::{self, Failure, counted, one_line};
use super::photos::{Photos, SubfoldersArgument, one_photo};

/// Find the photos of a folder that are most similar to a photo
#[derive(Args)]
pub struct Similar {
    /// The image to compare with all others, or `-` for standard input
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    /// Folders or images to rank
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    subfolders: SubfoldersArgument,
    /// Number of images to show
    #[arg(long, default_value_t = 10, value_parser = count())]
    top: usize,
    #[command(flatten)]
    embedding: EmbeddingArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Similar {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let photo = one_photo(&self.photo)?;
        let mut photos = Photos::find(Some(photo.clone()), &self.folders, &self.subfolders)?;
        let (mut network, inputs) = self.embedding.load(&photos)?;
        let mut vectors = network.features_stream(inputs);
        let Some(vector) = vectors.next() else {
            return Ok(());
        };
        let has_failed = vectors.has_failed();
        let vector = vector.map_err(|error| match has_failed {
            true => error,
            false => error.in_context(&photo),
        })?;
        photos.advance();
        let sources = photos.sources();
        let mut matches = Vec::new();
        for (index, source) in sources.iter().enumerate().skip(1) {
            match vectors.next() {
                Some(Err(error)) if vectors.has_failed() => return Err(error.into()),
                Some(other) => match other.and_then(|other| cosine(vector.data(), other.data())) {
                    Ok(similarity) => matches.push(Match { index, similarity }),
                    Err(error) => photos.fail(source, error),
                },
                None => break,
            }
            photos.advance();
        }
        photos.end_progress();
        let compared = matches.len();
        matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        matches.truncate(self.top);

        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let named = matches
            .iter()
            .map(|found| (&sources[found.index], found.similarity));
        if self.json {
            let similar: Vec<Value> = named
                .map(|(source, similarity)| {
                    let similarity = ("similarity".to_owned(), similarity.into());
                    Value::Object(name(source).chain([similarity]).collect())
                })
                .collect();
            let value = json!({
                "model": network.name(),
                "adapter": network.device().to_string(),
                "photo": photo.to_string(),
                "compared": compared,
                "similar": similar,
                "failed": failed(&photos),
                "total_ms": total,
                "network_ms": computing,
            });
            output::json(out, &value)?;
        } else if compared > 0 {
            for (source, similarity) in named {
                writeln!(out, "{similarity:>8.4}  {}", one_line(&source.to_string()))?;
            }
            writeln!(
                out,
                "{} on {}: {} compared in {total:.0} ms, {computing:.0} ms of it in the network",
                network.name(),
                network.device(),
                counted(compared, "image"),
            )?;
        }
        photos.end(out)
    }
}

/// The photos that failed, as JSON.
fn failed(photos: &Photos) -> Vec<Value> {
    let failed = photos.failed().iter();
    failed
        .map(|failed| {
            let error = ("error".to_owned(), failed.error.to_string().into());
            Value::Object(name(&failed.source).chain([error]).collect())
        })
        .collect()
}
