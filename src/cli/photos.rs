//! Photos that go through a network one behind the other: which there are, how far it has come, and which failed.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use menagerie::Error;
use menagerie::photo::{self, Found, Source, Unusable};
use serde_json::{Value, json};

use super::output::{self, Failure};

/// Largest batch that is chosen unasked: more gains little and delays the first answers.
const USUAL_BATCH: usize = 8;

/// Photos, in their order.
pub struct Photos {
    sources: Arc<[Source]>,
    failed: Vec<Unusable>,
    progress: ProgressBar,
}

impl Photos {
    /// Those that `files` stand for, behind those of `first`.
    ///
    /// # Errors
    /// Where `files` stand for none.
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

    /// Where they come from.
    pub fn sources(&self) -> Arc<[Source]> {
        Arc::clone(&self.sources)
    }

    /// How many go through at once where `asked` does not say it.
    pub fn batch(&self, asked: Option<usize>) -> usize {
        asked.unwrap_or(USUAL_BATCH).min(self.sources.len())
    }

    /// Counts the photo of `source` as failed.
    pub fn fail(&mut self, source: &Source, error: Error) {
        self.failed.push(Unusable {
            name: source.to_string(),
            error,
        });
    }

    /// Counts one more photo as through.
    pub fn advance(&self) {
        self.progress.inc(1);
    }

    /// Lets `print` write to the terminal, clear of the progress bar.
    pub fn print<T>(&self, print: impl FnOnce() -> T) -> T {
        self.progress.suspend(print)
    }

    /// Says that all are through.
    pub fn end_progress(&self) {
        self.progress.finish_and_clear();
    }

    /// Those that failed, for JSON.
    pub fn failed(&self) -> Vec<Value> {
        let failed = self.failed.iter();
        failed
            .map(|failed| json!({ "file": failed.name, "error": failed.error.to_string() }))
            .collect()
    }

    /// Names those that failed, once `out` has all that succeeded.
    ///
    /// # Errors
    /// Where any has failed.
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

/// A bar on the terminal's standard error, where more than one photo makes it worth it.
fn progress(photos: usize) -> ProgressBar {
    if photos < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} images, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(photos as u64).with_style(style)
}
