//! The photos of a command: their sources, progress and errors.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use menagerie::Error;
use menagerie::photo::{self, Found, Source, Unusable};
use serde_json::{Value, json};

use super::advice::advised;
use super::output::{self, Failure};

/// The largest default batch. A larger one is hardly faster and delays the first answers.
const USUAL_BATCH: usize = 8;

/// Photos, in their order.
pub struct Photos {
    sources: Arc<[Source]>,
    failed: Vec<Unusable>,
    progress: ProgressBar,
}

impl Photos {
    /// Finds the photos of `files`, and puts `first` before them.
    ///
    /// # Errors
    /// If `files` contain no photo.
    pub fn find(first: Option<Source>, files: &[PathBuf]) -> Result<Self, Failure> {
        let Found { sources, failed } = photo::find(files);
        if sources.is_empty() {
            failed.iter().for_each(report);
            return Err(Failure::Reported);
        }
        let sources: Arc<[Source]> = first.into_iter().chain(sources).collect();
        Ok(Self {
            progress: progress(sources.len()),
            sources,
            failed,
        })
    }

    /// The sources of the photos.
    pub fn sources(&self) -> Arc<[Source]> {
        Arc::clone(&self.sources)
    }

    /// The batch: `asked`, or the default, and not more than there are photos.
    pub fn batch(&self, asked: Option<usize>) -> usize {
        asked.unwrap_or(USUAL_BATCH).min(self.sources.len())
    }

    /// Stores the error of the photo of `source`.
    pub fn fail(&mut self, source: &Source, error: Error) {
        self.failed.push(Unusable {
            name: source.to_string(),
            error: advised(error),
        });
    }

    /// Counts one more photo as done.
    pub fn advance(&self) {
        self.progress.inc(1);
    }

    /// Hides the progress bar while `print` writes to the terminal.
    pub fn print<T>(&self, print: impl FnOnce() -> T) -> T {
        self.progress.suspend(print)
    }

    /// Removes the progress bar.
    pub fn end_progress(&self) {
        self.progress.finish_and_clear();
    }

    /// The photos that failed, for JSON.
    pub fn failed(&self) -> Vec<Value> {
        let failed = self.failed.iter();
        failed
            .map(|failed| json!({ "file": failed.name, "error": failed.error.to_string() }))
            .collect()
    }

    /// Flushes `out`, then prints the photos that failed.
    ///
    /// # Errors
    /// If any photo failed.
    pub fn end(self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.failed.is_empty() {
            return Ok(());
        }
        out.flush()?;
        self.failed.iter().for_each(report);
        Err(Failure::Reported)
    }
}

fn report(failed: &Unusable) {
    output::complain(&format_args!("{}: {}", failed.name, failed.error));
}

/// A progress bar on standard error, for more than one photo on a terminal.
fn progress(photos: usize) -> ProgressBar {
    if photos < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} images, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(photos as u64).with_style(style)
}
