//! Files of tensors as arguments: `FILE`, or `NAME=FILE` for one of several inputs or outputs.

use std::convert::Infallible;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use menagerie::graph::{NamedType, Signature};
use menagerie::tensor::HostTensor;
use menagerie::{Error, ErrorKind, Result, npy, tensor_file};

/// A file with a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorArgument {
    /// The input or output, or `None` for the only one.
    pub name: Option<String>,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for TensorArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) if !name.is_empty() => (Some(name.to_owned()), path),
            _ => (None, text),
        };
        let path = PathBuf::from(path);
        Ok(Self { name, path })
    }
}

impl TensorArgument {
    /// Reads the tensor: a NumPy file, or the tensor of a safetensors or PyTorch file that is called like the input, or
    /// `input` for the only one.
    ///
    /// # Errors
    /// Those of `npy::read` and `tensor_file::read_array`.
    pub fn read(&self) -> Result<HostTensor> {
        match npy::is_array(&beginning(&self.path)) {
            true => npy::read(&self.path),
            false => tensor_file::read_array(&self.path, self.name.as_deref().unwrap_or("input")),
        }
    }

    /// Writes the array of an output: a NumPy file if the path ends in `.npy`, otherwise a safetensors file with the
    /// tensor under the name of the output, or under `output` for the only one.
    ///
    /// # Errors
    /// Those of `npy::write_array` and `tensor_file::write_array`.
    pub fn write(&self, array: &HostTensor) -> Result<()> {
        let extension = self.path.extension();
        match extension.is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
            true => npy::write_array(&self.path, array),
            false => {
                let name = self.name.as_deref().unwrap_or("output");
                tensor_file::write_array(&self.path, array, name)
            }
        }
    }
}

/// Whether an argument is an input or an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Input,
    Output,
}

/// The inputs or outputs of a network that `arguments` are files of, in the order of the arguments.
///
/// # Errors
/// [`ErrorKind::Input`] if a name is unknown or occurs twice, if an argument without a name is not the only one or the network
/// has several, or if two are one file.
pub fn named<'a>(
    signature: &'a Signature,
    side: Side,
    arguments: &[TensorArgument],
) -> Result<Vec<&'a NamedType>> {
    let (all, kind) = match side {
        Side::Input => (&signature.inputs, "input"),
        Side::Output => (&signature.outputs, "output"),
    };
    let mut named: Vec<&NamedType> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let found = match (&argument.name, all.as_slice(), side) {
            (Some(name), _, Side::Input) => signature.input(name)?,
            (Some(name), _, Side::Output) => signature.output(name)?,
            (None, [only], _) => only,
            (None, several, _) => {
                let what = format!(
                    "has {} {kind}s, so a file of one needs its name",
                    several.len()
                );
                return Err(signature
                    .refused(&what)
                    .with_advice(format_args!("--{kind} NAME=FILE")));
            }
        };
        if named.contains(&found) {
            let what = format!("got the {kind} {:?} twice", found.name);
            return Err(signature.refused(&what));
        }
        named.push(found);
    }
    Ok(named)
}

/// Checks that `outputs` are different files.
///
/// # Errors
/// [`ErrorKind::Input`] with the first file of two outputs.
pub fn check_files(outputs: &[TensorArgument]) -> Result<()> {
    for (index, output) in outputs.iter().enumerate() {
        if outputs[..index]
            .iter()
            .any(|other| other.path == output.path)
        {
            let message = format!(
                "{}: cannot be the file of two outputs",
                output.path.display()
            );
            return Err(Error::new(ErrorKind::Input, message));
        }
    }
    Ok(())
}

/// The first bytes of a file, as far as they can be read.
fn beginning(path: &Path) -> Vec<u8> {
    let mut beginning = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        // What cannot be read here is an error of the reader.
        let _ = file.take(8).read_to_end(&mut beginning);
    }
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_the_first_equals_sign() {
        for (text, name, path) in [
            ("a.npy", None, "a.npy"),
            ("x=a.npy", Some("x"), "a.npy"),
            ("/conv/out=b=c.npy", Some("/conv/out"), "b=c.npy"),
            ("=a.npy", None, "=a.npy"),
        ] {
            let expected = TensorArgument {
                name: name.map(str::to_owned),
                path: PathBuf::from(path),
            };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }
}
