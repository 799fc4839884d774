//! `--resume`: the answers of an earlier run in JSON Lines, and the photos that are left.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use menagerie::photo::Source;
use menagerie::{Error, ErrorKind, Result, atomic_write};
use same_file::Handle;
use serde_json::Value;

use super::output::note;
use super::photos::Photos;

/// The key of the exact name of a file that is not UTF-8: its bytes as hexadecimal digits.
pub const FILE_BYTES: &str = "file_bytes";

/// A file with the answers of an earlier run, to which more are appended.
pub struct Resumed {
    path: PathBuf,
    /// `None` until the first answer is written.
    file: Option<File>,
    /// The names of the photos that are answered, as bytes.
    done: HashSet<Vec<u8>>,
    is_stdout: bool,
}

impl Resumed {
    /// Opens the answers of the network `model` at `path`, each with the key `answer`. If there is no such file, the
    /// first new answer creates it. A last line without its end, as an interruption leaves it, is removed.
    ///
    /// # Errors
    /// `ErrorKind::Io` if the file cannot be read and written, or is a device or pipe; `ErrorKind::Input` if a line is not
    /// such an answer.
    pub fn open(path: &Path, model: &str, answer: &str) -> Result<Self> {
        atomic_write::check(path)?;
        let mut resumed = Self {
            path: path.to_path_buf(),
            file: None,
            done: HashSet::new(),
            is_stdout: false,
        };
        let mut file = match File::options().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(resumed),
            opened => opened.map_err(|error| resumed.failed(&error))?,
        };
        // A device or pipe keeps no answers, and may have no end.
        let found = file.metadata().map_err(|error| resumed.failed(&error))?;
        if !found.is_file() {
            let message = format!(
                "{}: expected a file, found a device or pipe",
                path.display()
            );
            return Err(Error::new(ErrorKind::Io, message));
        }
        let end = resumed.read(&file, model, answer)?;
        let appended = file.set_len(end).and_then(|()| file.seek(SeekFrom::End(0)));
        appended.map_err(|error| resumed.failed(&error))?;
        let stdout = Handle::stdout().ok();
        resumed.is_stdout = Handle::from_path(path).is_ok_and(|file| stdout == Some(file));
        resumed.file = Some(file);
        Ok(resumed)
    }

    /// Reads the answers in `file`, and returns the length of the complete lines.
    fn read(&mut self, file: &File, model: &str, answer: &str) -> Result<u64> {
        let mut end = 0;
        let mut lines = BufReader::new(file);
        for number in 1.. {
            let mut line = Vec::new();
            let length = lines.read_until(b'\n', &mut line);
            end += match length.map_err(|error| self.failed(&error))? {
                0 => break,
                length if line.ends_with(b"\n") => length as u64,
                // Only what can be the beginning of an answer is removed.
                _ if line.starts_with(b"{") => break,
                _ => return Err(self.refused(number, "is not an answer of an earlier run")),
            };
            let value: Value = serde_json::from_slice(&line).unwrap_or_default();
            let Some(name) = name(&value).filter(|_| value["model"].is_string()) else {
                return Err(self.refused(number, "is not an answer of an earlier run"));
            };
            if value["model"] != model {
                let what = format!("is an answer of {}, expected {model}", value["model"]);
                return Err(self.refused(number, &what));
            }
            match (value.get(answer), value.get("error")) {
                (Some(_), _) => drop(self.done.insert(name)),
                // A photo that failed is tried again.
                (None, Some(_)) => {}
                (None, None) => {
                    return Err(self.refused(number, "is an answer of another command"));
                }
            }
        }
        Ok(end)
    }

    fn failed(&self, error: &io::Error) -> Error {
        let path = self.path.display();
        let message = format!("{path}: cannot be read and written: {error}");
        Error::new(ErrorKind::Io, message)
    }

    fn refused(&self, number: usize, what: &str) -> Error {
        let message = format!("{}: line {number} {what}", self.path.display());
        Error::new(ErrorKind::Input, message)
    }

    /// The photos that are not answered yet. The others are counted on standard error.
    pub fn left_of(&self, photos: Photos) -> Photos {
        let all = photos.sources().len();
        let left = photos.leave_out(|source| self.is_done(source));
        let done = all - left.sources().len();
        if done > 0 {
            let path = self.path.display();
            note(&format_args!(
                "left out: {done} of {all} images, which {path} has answers for"
            ));
        }
        left
    }

    fn is_done(&self, source: &Source) -> bool {
        match source {
            Source::File(path) => self.done.contains(path.as_os_str().as_encoded_bytes()),
            _ => false,
        }
    }

    /// Whether the file is standard output itself.
    pub fn is_stdout(&self) -> bool {
        self.is_stdout
    }

    /// Appends `line`.
    ///
    /// # Errors
    /// `ErrorKind::Io` if it cannot be written.
    pub fn append(&mut self, line: &[u8]) -> Result<()> {
        let file = match self.file.take() {
            Some(file) => Ok(file),
            None => File::create_new(&self.path),
        };
        let written = file.and_then(|file| {
            let file = self.file.insert(file);
            file.write_all(line)
        });
        written.map_err(|error| self.failed(&error))
    }
}

/// The name of the photo of an answer, as bytes.
fn name(answer: &Value) -> Option<Vec<u8>> {
    match answer.get(FILE_BYTES) {
        Some(bytes) => bytes_of(bytes.as_str()?),
        None => Some(answer["file"].as_str()?.as_bytes().to_vec()),
    }
}

/// The bytes of pairs of hexadecimal digits.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let parsed = pairs.iter().map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn open(text: &str) -> (Result<Resumed>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, text).unwrap();
        let mut opened = Resumed::open(&path, "lenet5", "top");
        if let Ok(resumed) = &mut opened {
            resumed.append(b"new\n").unwrap();
        }
        (opened, fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn answered_photos_are_done_and_a_torn_line_is_removed() {
        let whole = "{\"file\":\"a\",\"model\":\"lenet5\",\"top\":[]}\n\
                     {\"error\":\"no\",\"file\":\"b\",\"model\":\"lenet5\"}\n\
                     {\"file\":\"?\",\"file_bytes\":\"63ff\",\"model\":\"lenet5\",\"top\":[]}\n";
        for torn in ["", "{", "{\"file\":\"d\",\"model\":\"lenet5\",\"top\":[]}"] {
            let (resumed, text) = open(&format!("{whole}{torn}"));
            let resumed = resumed.ok().unwrap();
            assert_eq!(text, format!("{whole}new\n"));
            assert!(!resumed.is_stdout());
            let done = HashSet::from([b"a".to_vec(), b"c\xff".to_vec()]);
            assert_eq!(resumed.done, done);
        }
        assert_eq!(open("").1, "new\n");
    }

    #[test]
    fn another_file_stays_as_it_is() {
        for (text, says) in [
            ("notes", "line 1 is not an answer of an earlier run"),
            ("{}\n", "line 1 is not an answer of an earlier run"),
            ("\n", "line 1 is not an answer of an earlier run"),
            (
                "{\"file\":\"a\",\"model\":\"vgg16\",\"top\":[]}\n",
                "line 1 is an answer of \"vgg16\", expected lenet5",
            ),
            (
                "{\"file\":\"a\",\"model\":\"lenet5\",\"row\":0}\n",
                "line 1 is an answer of another command",
            ),
        ] {
            let (error, left) = open(text);
            let error = error.err().unwrap().to_string();
            assert!(error.ends_with(says), "{error}");
            assert_eq!(left, text);
        }
    }
}
