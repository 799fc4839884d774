//! What the user of the command line can do about an error: the library knows no flags and no commands.

use menagerie::{Error, ErrorKind};

/// `error` with what can be done about it, where there is something.
pub fn advised(error: Error) -> Error {
    match error.kind() {
        ErrorKind::UnknownModel => error.with_advice("`menagerie models` lists all"),
        ErrorKind::MissingWeights => error.with_advice(
            "`menagerie fetch MODEL` or --fetch downloads them; --weights synthetic:0 makes some up",
        ),
        ErrorKind::UnpublishedWeights => error.with_advice(
            "--weights takes a safetensors file: tools/convert.py makes one from a checkpoint of the reference \
             implementation; --weights synthetic:0 makes some up",
        ),
        ErrorKind::UnknownAdapter => error.with_advice("cpu is the reference executor"),
        ErrorKind::Unreachable => error.with_advice(
            "without a network, --weights takes a file that was downloaded elsewhere",
        ),
        _ => error,
    }
}
