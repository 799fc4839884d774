//! The bindings of the npm package `menagerie`: networks on a page's GPU. `web/ts` has the interface for people; what is
//! here takes and returns plain JavaScript values.
#![cfg(target_arch = "wasm32")]

mod answers;
mod device;
mod engine;
mod error;
mod executor;
mod file;
mod load;
mod object;
mod options;
mod picture;
mod prepare;
mod preprocess;
mod tensors;
mod texture;
