//! Inputs and outputs of a network, as text and as JSON.

use menagerie::graph::NamedType;
use serde_json::{Value, json};

/// `left (3x8x8), right (3x8x8)`
pub fn listed(ports: &[NamedType]) -> String {
    let ports: Vec<String> = ports.iter().map(NamedType::to_string).collect();
    ports.join(", ")
}

/// The same, but only the type if there is only one: `3x8x8`.
pub fn types(ports: &[NamedType]) -> String {
    match ports {
        [only] => only.ty.to_string(),
        several => listed(several),
    }
}

/// A list of names and shapes without the number of images.
pub fn value(ports: &[NamedType]) -> Value {
    let ports = ports.iter();
    let ports = ports.map(|port| json!({"name": port.name, "shape": port.ty.extents()}));
    ports.collect()
}
