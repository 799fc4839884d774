//! Files of weights and of tensors, and how they become a network's parameters.

#[path = "../common/mod.rs"]
mod common;

mod arrays;
mod binding;
mod classes;
mod elsewhere;
mod foreign_files;
mod foreign_marks;
mod form;
mod largest;
mod limits;
mod malformed;
mod meaning;
mod names;
mod opcodes;
mod pickles;
mod processors;
mod shards;
mod source;
mod storages;
mod tensor_file;
mod torch_files;

use menagerie::{Error, ErrorKind};

fn assert_error(error: Error, message: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::Weights);
}
