//! `--resume`: the answers of an earlier run in JSON Lines, and the photos that are left.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use menagerie::photo::Source;
use menagerie::{Error, ErrorKind, Result};
use same_file::Handle;
use serde_json::Value;

use super::json_lines::FILE_BYTES;
use super::output::note;
use super::photos::Photos;

/// A file with the answers of an earlier run, to which more are appended.
pub struct Resumed {
    path: PathBuf,
    file: File,
    /// The names of the photos that are answered, as bytes.
    done: HashSet<Vec<u8>>,
    is_stdout: bool,
}

impl Resumed {
    /// Opens the answers of the network `model` at `path`, each with the key `answer`, or creates the file. A last line
    /// without its end, as an interruption leaves it, is removed.
    ///
    /// # Errors
    /// `ErrorKind::Io` if the file cannot be read and written, `ErrorKind::Input` if a line is not such an answer.
    pub fn open(path: &Path, model: &str, answer: &str) -> Result<Self> {
        let failed = |error: std::io::Error| {
            let message = format!("{}: cannot be read and written: {error}", path.display());
            Error::new(ErrorKind::Io, message)
        };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(failed)?;
        let refused = |number: usize, what: &str| {
            let message = format!("{}: line {number} {what}", path.display());
            Error::new(ErrorKind::Input, message)
        };

        let (mut done, mut end) = (HashSet::new(), 0);
        let mut lines = BufReader::new(&mut file);
        for number in 1.. {
            let mut line = Vec::new();
            let length = lines.read_until(b'\n', &mut line).map_err(failed)?;
            if length == 0 {
                break;
            }
            if line.last() != Some(&b'\n') {
                // Only what can be the beginning of an answer is removed.
                if line.first() != Some(&b'{') {
                    return Err(refused(number, "is not an answer of an earlier run"));
                }
                break;
            }
            end += length as u64;
            let value: Value = serde_json::from_slice(&line).unwrap_or_default();
            let Some(name) = name(&value).filter(|_| value["model"].is_string()) else {
                return Err(refused(number, "is not an answer of an earlier run"));
            };
            if value["model"] != model {
                let found = format!("is an answer of {}, expected {model}", value["model"]);
                return Err(refused(number, &found));
            }
            match (value.get(answer), value.get("error")) {
                (Some(_), _) => drop(done.insert(name)),
                // A photo that failed is tried again.
                (None, Some(_)) => {}
                (None, None) => return Err(refused(number, "is an answer of another command")),
            }
        }
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let stdout = Handle::stdout().ok();
        let is_stdout = Handle::from_path(path).is_ok_and(|file| stdout == Some(file));
        Ok(Self {
            path: path.to_path_buf(),
            file,
            done,
            is_stdout,
        })
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
        self.file.write_all(line).map_err(|error| {
            let message = format!("{}: cannot be written: {error}", self.path.display());
            Error::new(ErrorKind::Io, message)
        })
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
