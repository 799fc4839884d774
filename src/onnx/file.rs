//! Reading an ONNX file: its messages, and the places of its tensors.

use std::io::Read;
use std::path::{Path, PathBuf};

use prost::Message;
use prost::bytes::Bytes;

use super::schema::{GraphProto, ModelProto};
use super::stored::StoredTensors;
use crate::error::{Error, ErrorKind, Result};
use crate::regular_file;
use crate::weights::{BEGINNING, instead_of, printable};

/// The most bytes of a Protocol Buffers message (<https://protobuf.dev/programming-guides/proto-limits/>).
const MOST_BYTES: u64 = i32::MAX as u64;

/// The oldest operator set that is read. Before it, broadcasting had attributes instead of rules.
const OLDEST: i64 = 7;

/// The newest operator set whose operations are known.
pub const NEWEST: i64 = 28;

/// An ONNX file without the values of its tensors.
pub struct OnnxFile {
    pub label: String,
    pub path: Option<PathBuf>,
    /// The version of the standard operators.
    pub opset: i64,
    pub model: ModelProto,
    pub graph: GraphProto,
    pub stored: StoredTensors,
}

impl OnnxFile {
    /// Opens the file at `path`. The data of large tensors stays on the disk.
    pub fn open(path: &Path) -> Result<Self> {
        let label = path.display().to_string();
        let unreadable = |error| Error::unreadable(path, error);
        let mut file = regular_file::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        if length > MOST_BYTES {
            return Err(invalid(
                &label,
                format!("expected at most {MOST_BYTES} bytes, found {length}"),
            ));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        Self::of_bytes(label, Some(path.to_path_buf()), bytes.into())
    }

    /// Parses a file in memory. Messages call it `label`.
    pub fn parse(label: &str, bytes: Vec<u8>) -> Result<Self> {
        Self::of_bytes(label.to_owned(), None, Bytes::from(bytes))
    }

    /// Returns the name of the network: that of the file, or that of a graph in memory without the name of a file.
    pub fn name(&self) -> String {
        let named = Path::new(&self.label);
        let named = named
            .extension()
            .is_some_and(|end| end == "onnx")
            .then_some(named);
        let stem = self.path.as_deref().or(named).and_then(Path::file_stem);
        match stem {
            Some(stem) => printable(&stem.to_string_lossy()),
            None => printable(&self.graph.name),
        }
    }

    fn of_bytes(label: String, path: Option<PathBuf>, bytes: Bytes) -> Result<Self> {
        let beginning = &bytes[..bytes.len().min(BEGINNING as usize)];
        let decoded = decoded(&bytes).map_err(|message| {
            // Only what is no ONNX file is looked at: these may begin with any bytes.
            match instead_of("an ONNX file", beginning) {
                Some(refusal) => refusal.of(&label, ErrorKind::Model),
                None => invalid(&label, message),
            }
        });
        let (model, mut graph) = decoded?;
        let opset = opset(&model).map_err(|message| invalid(&label, message))?;
        if !graph.sparse_initializer.is_empty() {
            let message = "sparse initializers are not supported".to_owned();
            return Err(invalid(&label, message));
        }
        let initializers = std::mem::take(&mut graph.initializer);
        let stored = StoredTensors::new(initializers, &bytes, path.as_deref())
            .map_err(|error| error.in_context(&label))?;
        Ok(Self {
            label,
            path,
            opset,
            model,
            graph,
            stored,
        })
    }
}

/// Returns the messages of a file.
fn decoded(bytes: &Bytes) -> Result<(ModelProto, GraphProto), String> {
    let mut model = ModelProto::decode(bytes.clone()).map_err(|error| {
        let reason = printable(&error.to_string());
        format!("not a valid ONNX file, it is damaged or cut short: {reason}")
    })?;
    match model.graph.take() {
        Some(graph) => Ok((model, graph)),
        None => Err("not a valid ONNX file: expected a graph, found none".to_owned()),
    }
}

/// Returns the version of the standard operators.
fn opset(model: &ModelProto) -> Result<i64, String> {
    let mut imported = model.opset_import.iter();
    let standard = imported.find(|import| is_standard(&import.domain));
    let Some(standard) = standard else {
        return Err("not a valid ONNX file: expected an operator set, found none".to_owned());
    };
    let version = standard.version;
    match (OLDEST..=NEWEST).contains(&version) {
        true => Ok(version),
        false => Err(format!(
            "expected an operator set from {OLDEST} to {NEWEST}, found {version}"
        )),
    }
}

/// Returns whether `domain` is that of the standard operators.
pub fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn invalid(label: &str, message: String) -> Error {
    Error::new(ErrorKind::Model, format!("{label}: {message}"))
}
