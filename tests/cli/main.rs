//! The `menagerie` command as a user meets it: what it prints, what it says about bad input, and how it
//! ends.

mod answers;
mod apart;
mod autotune;
mod compare;
mod complaints;
mod decoding;
mod embed;
mod evaluate;
mod explain;
mod fetch;
mod hub;
#[cfg(unix)]
mod limits;
mod listings;
mod many_photos;
mod masks;
mod model_file;
mod own_kernel;
mod precision;
mod predictions;
mod profile;
mod program;
mod shaders;
#[cfg(unix)]
mod signals;
mod similar;
mod tensor_files;
#[cfg(unix)]
mod terminal;
mod tls;
#[path = "../onnx/writer.rs"]
#[allow(dead_code, reason = "the tests of ONNX files use the rest")]
mod writer;
