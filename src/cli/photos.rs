//! The photos of a command: their sources, progress and errors.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use menagerie::photo::{self, Found, LeftOut, Piped, Source, Subfolders, Unusable};
use menagerie::{Error, Network};

use super::advice::advised;
use super::output::{self, Failure, counted, note};

/// The largest default batch, for GPUs. A larger one is hardly faster and delays the first answers.
const USUAL_BATCH: usize = 8;

/// `--recursive`.
#[derive(Args)]
pub struct SubfoldersArgument {
    /// Search the folders in a folder, too, at any depth
    #[arg(long, short)]
    recursive: bool,
}

impl SubfoldersArgument {
    fn choice(&self) -> Subfolders {
        match self.recursive {
            true => Subfolders::Search,
            false => Subfolders::Skip,
        }
    }
}

/// Photos, in their order.
pub struct Photos {
    sources: Arc<[Source]>,
    failed: Vec<Unusable>,
    progress: ProgressBar,
}

impl Photos {
    /// Finds the photos of `files`, and puts `first` before them. What is in folders and is no photo is counted on
    /// standard error.
    ///
    /// # Errors
    /// If `files` contain no photo.
    pub fn find(
        first: Option<Source>,
        files: &[PathBuf],
        subfolders: &SubfoldersArgument,
    ) -> Result<Self, Failure> {
        let found = photo::find(files, subfolders.choice());
        note_left_out(&found.left_out);
        let Found {
            sources,
            mut failed,
            ..
        } = found;
        let sources = first.into_iter().chain(sources);
        let sources = sources.flat_map(|source| match source {
            Source::Stdin => piped().unwrap_or_else(|error| {
                failed.push(Unusable { source, error });
                Vec::new()
            }),
            source => vec![source],
        });
        let sources: Vec<Source> = sources.collect();
        if sources.is_empty() {
            failed.iter().for_each(report);
            return Err(Failure::Reported);
        }
        Ok(Self::of(sources, failed))
    }

    /// Photos that are already found, and names that failed.
    pub fn of(sources: Vec<Source>, failed: Vec<Unusable>) -> Self {
        Self {
            progress: progress(sources.len()),
            sources: sources.into(),
            failed,
        }
    }

    /// Leaves out the photos that are `done`.
    pub fn leave_out(self, done: impl Fn(&Source) -> bool) -> Self {
        let left = self.sources.iter().filter(|source| !done(source));
        Self::of(left.cloned().collect(), self.failed)
    }

    /// The sources of the photos.
    pub fn sources(&self) -> Arc<[Source]> {
        Arc::clone(&self.sources)
    }

    /// The largest batch: `asked`, or the default, and not more than there are photos.
    pub fn batch(&self, asked: Option<usize>) -> usize {
        asked.unwrap_or(USUAL_BATCH).min(self.sources.len()).max(1)
    }

    /// Limits the batch of `network` to single images, if none was `asked` for and batches are not faster.
    pub fn limit_batch(network: &mut Network, asked: Option<usize>) {
        if asked.is_none() && !network.device().prefers_batches() {
            network.limit_batch(1);
        }
    }

    /// Stores the error of the photo of `source`.
    pub fn fail(&mut self, source: &Source, error: Error) {
        self.failed.push(Unusable {
            source: source.clone(),
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

    /// The photos that failed.
    pub fn failed(&self) -> &[Unusable] {
        &self.failed
    }

    /// Flushes `out`, then prints the photos that failed.
    ///
    /// # Errors
    /// If any photo failed.
    pub fn end(self, out: &mut dyn Write) -> Result<(), Failure> {
        self.end_progress();
        if self.failed.is_empty() {
            return Ok(());
        }
        out.flush()?;
        self.failed.iter().for_each(report);
        Err(Failure::Reported)
    }

    /// Prints the photos that failed, and returns the `error` that ended the command before all photos were answered.
    pub fn stopped(self, out: &mut dyn Write, error: Error) -> Failure {
        match self.end(out) {
            Err(Failure::Output(error)) => Failure::Output(error),
            _ => error.into(),
        }
    }
}

/// The photo that `path` names, for a command that takes one. What else is on standard input is counted on standard
/// error.
///
/// # Errors
/// Those of reading standard input.
pub fn one_photo(path: &Path) -> Result<Source, Failure> {
    match Source::named(path) {
        Source::Stdin => {
            let mut images = piped().map_err(|error| error.in_context("-"))?;
            let more = images.len() - 1;
            if more > 0 {
                note(&format_args!(
                    "left out of standard input: {} after the first one",
                    counted(more, "image")
                ));
            }
            Ok(images.swap_remove(0))
        }
        source => Ok(source),
    }
}

/// The images of standard input, at least one.
fn piped() -> menagerie::Result<Vec<Source>> {
    let Piped {
        sources, left_over, ..
    } = Piped::read(io::stdin().lock())?;
    if left_over > 0 {
        note(&format_args!(
            "left out of standard input: {} after the last image, which are no image",
            counted(left_over, "byte")
        ));
    }
    Ok(sources)
}

/// Counts on standard error what is in folders and is no photo.
pub fn note_left_out(left_out: &LeftOut) {
    let kinds = [
        (
            left_out.other_files,
            "file without the extension of an image",
            "files without the extension of an image",
        ),
        (
            left_out.hidden,
            "hidden file or folder",
            "hidden files or folders",
        ),
        (
            left_out.folders,
            "folder (-r searches it)",
            "folders (-r searches them)",
        ),
        (
            left_out.linked_folders,
            "link to a folder",
            "links to folders",
        ),
    ];
    let counts: Vec<String> = kinds
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|&(count, one, several)| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {several}"),
        })
        .collect();
    if !counts.is_empty() {
        note(&format_args!("left out: {}", counts.join(", ")));
    }
}

fn report(failed: &Unusable) {
    output::complain(&format_args!("{}: {}", failed.source, failed.error));
}

/// A progress bar on standard error, for more than one photo on a terminal.
fn progress(photos: usize) -> ProgressBar {
    if photos < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} images, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(photos as u64).with_style(style)
}
