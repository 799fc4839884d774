//! Outputs that are kept apart from inputs: no file is written that a command reads, whatever name or link leads to it.

use std::path::Path;

use menagerie::photo::Source;
use menagerie::{Error, ErrorKind, Network, Result, atomic_write};
use same_file::Handle;

/// Checks that `output` can be written, and is none of the files `inputs`.
///
/// # Errors
/// Those of `atomic_write::check`; `ErrorKind::Input` with the input that would be overwritten.
pub fn check<P: AsRef<Path>>(output: &Path, inputs: impl IntoIterator<Item = P>) -> Result<()> {
    atomic_write::check(output)?;
    // A new file and a device overwrite nothing.
    let Some(found) = handle(output) else {
        return Ok(());
    };
    let is_it = |input: &P| handle(input.as_ref()).is_some_and(|input| input == found);
    match inputs.into_iter().find(is_it) {
        Some(input) => {
            let (output, input) = (output.display(), input.as_ref().display());
            let what = match output.to_string() == input.to_string() {
                true => format!("{output}: is an input; expected another file"),
                false => format!("{output}: is the input {input}; expected another file"),
            };
            Err(Error::new(ErrorKind::Input, what))
        }
        None => Ok(()),
    }
}

/// Checks `output` against the files of `network` and the photos `sources`.
///
/// # Errors
/// The same as [`check`].
pub fn check_run(output: &Path, network: &Network, sources: &[Source]) -> Result<()> {
    check(output, network.files())?;
    check(output, photos(sources))
}

/// The paths of the photos that are in files.
pub fn photos(sources: &[Source]) -> impl Iterator<Item = &Path> {
    sources.iter().filter_map(|source| match source {
        Source::File(path) => Some(path.as_path()),
        _ => None,
    })
}

/// What identifies the file at `path`. Opening a pipe could wait for ever.
fn handle(path: &Path) -> Option<Handle> {
    let is_file = std::fs::metadata(path).is_ok_and(|found| found.is_file());
    is_file.then(|| Handle::from_path(path).ok()).flatten()
}
