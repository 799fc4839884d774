//! Networks of torchvision and timm, as PyTorch's exporters write them, from the files of `tools/onnx_networks.py`: with
//! synthetic weights in a file beside the model, and compared with the answer in float64.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use menagerie::Network;
use menagerie::graph::Graph;
use menagerie::network::Device;
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::{Weights, synthetic_input};
use safetensors::SafeTensors;

use super::common::{compare, device};

const SEED: u64 = 0;

/// A network, and what is expected of it.
struct Golden {
    /// The name and the exporter.
    name: String,
    path: PathBuf,
    size: usize,
    /// The largest difference, relative to the largest value.
    bound: f64,
    /// Name, extents and position of each weight.
    weights: Vec<(String, Vec<usize>, u64)>,
    answer: Vec<f64>,
}

fn all() -> Vec<Golden> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/networks");
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<Golden> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "onnx")
        })
        .map(golden)
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() >= 20, "{} networks", found.len());
    found
}

fn golden(path: PathBuf) -> Golden {
    let text = fs::read_to_string(path.with_extension("json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let answer = fs::read(path.with_extension("safetensors")).unwrap();
    let answer = SafeTensors::deserialize(&answer).unwrap();
    let answer = answer.tensor("output").unwrap();
    let (numbers, _) = answer.data().as_chunks();
    Golden {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        size: value["size"].as_u64().unwrap() as usize,
        bound: value["bound"].as_f64().unwrap(),
        weights: serde_json::from_value(value["weights"].clone()).unwrap(),
        answer: numbers
            .iter()
            .map(|&number| f64::from_le_bytes(number))
            .collect(),
        path,
    }
}

impl Golden {
    /// Writes the model and its weights to `folder`, and returns the path of the model.
    fn write(&self, folder: &Path) -> PathBuf {
        let mut file = BufWriter::new(fs::File::create(folder.join("weights.bin")).unwrap());
        let mut position = 0;
        for (name, extents, begin) in &self.weights {
            assert_eq!(position, *begin, "{name}");
            let mut graph = Graph::new("weights");
            let ty = Type::shared(Element::F32, extents).unwrap();
            let id = graph.add_stored(name.as_str(), ty, true).unwrap();
            for value in Weights::synthetic(SEED).value(&graph, id).unwrap() {
                file.write_all(&value.to_le_bytes()).unwrap();
                position += 4;
            }
        }
        file.flush().unwrap();
        let path = folder.join(format!("{}.onnx", self.name));
        fs::copy(&self.path, &path).unwrap();
        path
    }

    fn check(&self, device: Device) {
        let folder = tempfile::tempdir().unwrap();
        let path = self.write(folder.path());
        let network = Network::builder(path.to_str().unwrap()).device(device);
        let mut network = network.load().unwrap();
        let input = synthetic_input(SEED, 1, Shape::new(3, self.size, self.size));
        let answer = network.run(&input).unwrap();
        let (difference, place) = compare::largest_difference(answer.data(), &self.answer);
        assert!(
            difference <= self.bound,
            "{}: {difference} at {place}",
            self.name
        );
    }
}

#[test]
fn networks_have_the_answers_of_their_files_on_the_reference_executor() {
    for golden in all() {
        golden.check(Device::Reference);
    }
}

#[test]
fn networks_have_the_answers_of_their_files_on_a_device() {
    let gpu = device::open();
    for golden in all() {
        golden.check(Device::Gpu(Box::new(gpu.clone())));
    }
}
