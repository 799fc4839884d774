//! ONNX's own test cases of single operations, from the file that `tools/onnx_nodes.py` writes.

use std::collections::BTreeMap;

use safetensors::SafeTensors;

/// The cases.
const FILE: &[u8] = include_bytes!("../golden/onnx/nodes.safetensors");

/// A model of one node, with its input and the expected outputs.
#[derive(Default)]
pub struct Case {
    pub model: Vec<u8>,
    pub input: Vec<f32>,
    /// The outputs by name, with their extents.
    pub outputs: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

/// All cases by name.
pub fn all() -> BTreeMap<String, Case> {
    of_file(FILE)
}

/// The cases of a file by name.
pub fn of_file(file: &[u8]) -> BTreeMap<String, Case> {
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for (key, tensor) in SafeTensors::deserialize(file).unwrap().tensors() {
        let mut parts = key.splitn(3, '/');
        let case = cases.entry(parts.next().unwrap().to_owned()).or_default();
        let values = || -> Vec<f32> {
            let (values, _) = tensor.data().as_chunks();
            values
                .iter()
                .map(|&value| f32::from_le_bytes(value))
                .collect()
        };
        match (parts.next(), parts.next()) {
            (Some("model"), None) => case.model = tensor.data().to_vec(),
            (Some("in"), Some(_)) => case.input = values(),
            (Some("out"), Some(name)) => {
                let output = (tensor.shape().to_vec(), values());
                case.outputs.insert(name.to_owned(), output);
            }
            other => panic!("{key}: {other:?}"),
        }
    }
    cases
}
