//! Advice for errors, in terms of flags and commands. The library knows neither.

use menagerie::{Error, ErrorKind};

/// `error` with advice, if there is any for its kind.
pub fn advised(error: Error) -> Error {
    match error.kind() {
        ErrorKind::UnknownModel => error.with_advice("`menagerie models` lists all networks"),
        ErrorKind::MissingWeights => error.with_advice(
            "`menagerie fetch MODEL` or --fetch downloads them; --weights synthetic:0 uses synthetic weights",
        ),
        ErrorKind::AmbiguousWeights => error.with_advice("--prefix selects one by its module"),
        ErrorKind::UnpublishedWeights => error.with_advice(
            "--weights takes a safetensors or PyTorch file of the reference implementation, and tools/convert.py \
             converts Keras's; --weights synthetic:0 uses synthetic weights",
        ),
        ErrorKind::UnknownAdapter => error.with_advice("`cpu` is the reference executor"),
        ErrorKind::OpenExtent => error.with_advice(
            "--dimension NAME=N sets one that has a name, and `menagerie run` those of its inputs",
        ),
        ErrorKind::TooManyPixels => error.with_advice("--max-pixels raises the limit"),
        ErrorKind::NotFinite => error.with_advice("--allow-non-finite computes with such values"),
        ErrorKind::BeyondRange => error.with_advice(
            "--keep-f32 LAYER keeps a layer in f32, --precision f32 all of them, and --allow-non-finite clamps such results",
        ),
        ErrorKind::Unreachable => error.with_advice(
            "without an internet connection, --weights takes a file from another machine",
        ),
        _ => error,
    }
}
