//! Networks of torchvision, timm and Keras, as exporters write them, from the files of `tools/onnx_networks.py`: with
//! synthetic weights in a file beside the model, and compared with the answer in float64. Those with many weights run on
//! one device only, unless the environment variable `MENAGERIE_ALL` is set.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use menagerie::Network;
use menagerie::graph::Graph;
use menagerie::network::Device;
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::{Weights, synthetic_input};
use safetensors::SafeTensors;

use super::common::adapters::others;
use super::common::{compare, device};

const SEED: u64 = 0;

/// There are at least so many files.
const LEAST_FILES: usize = 100;

/// Networks with more weights are large.
const MOST_OF_SMALL: usize = 6_000_000;

/// A network, and what is expected of it.
struct Golden {
    /// The name and the exporter.
    name: String,
    path: PathBuf,
    size: usize,
    /// The answer has every `step`-th value.
    step: usize,
    /// The factor of weights of more than one dimension.
    gain: f32,
    /// The largest difference, relative to the largest value.
    bound: f64,
    /// Name, extents and position of each weight. Values follow from the name.
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
    assert!(found.len() >= LEAST_FILES, "{} networks", found.len());
    found
}

/// The networks that are small, or all if the environment variable `MENAGERIE_ALL` is set.
fn small() -> impl Iterator<Item = Golden> {
    let all_wanted = std::env::var_os("MENAGERIE_ALL").is_some();
    let networks = all().into_iter();
    networks.filter(move |golden| all_wanted || golden.count() <= MOST_OF_SMALL)
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
        step: value["step"].as_u64().unwrap() as usize,
        gain: value["gain"].as_f64().unwrap() as f32,
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
    /// The number of weights.
    fn count(&self) -> usize {
        let extents = self.weights.iter().map(|(_, extents, _)| extents);
        extents
            .map(|extents| extents.iter().product::<usize>())
            .sum()
    }

    /// Writes the model and its weights to `folder`, and returns the path of the model.
    fn write(&self, folder: &Path) -> PathBuf {
        let mut file = BufWriter::new(fs::File::create(folder.join("weights.bin")).unwrap());
        let mut position = 0;
        for (name, extents, begin) in &self.weights {
            assert_eq!(position, *begin, "{name}");
            let mut graph = Graph::new("weights");
            let ty = Type::shared(Element::F32, extents).unwrap();
            let id = graph.add_stored(name.as_str(), ty, true).unwrap();
            let gain = if extents.len() > 1 { self.gain } else { 1.0 };
            for value in Weights::synthetic(SEED).value(&graph, id).unwrap() {
                file.write_all(&(gain * value).to_le_bytes()).unwrap();
                position += 4;
            }
        }
        file.flush().unwrap();
        let path = folder.join(format!("{}.onnx", self.name));
        fs::copy(&self.path, &path).unwrap();
        path
    }

    /// Runs the network on `device`, and compares its answer.
    fn check(&self, device: Device) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = self.write(folder.path());
        let network = Network::builder(path.to_str().unwrap()).device(device);
        let failed = |error: menagerie::Error| error.to_string();
        let mut network = network.load().map_err(failed)?;
        let input = synthetic_input(SEED, 1, Shape::new(3, self.size, self.size));
        let answer = network.run(&input).map_err(failed)?;
        let values = answer.data().iter().step_by(self.step);
        let found: Vec<f32> = values.copied().collect();
        let (difference, place) = compare::largest_difference(&found, &self.answer);
        match difference <= self.bound {
            true => Ok(()),
            false => Err(format!("{difference:.1e} at {place}")),
        }
    }
}

fn check(networks: impl IntoIterator<Item = Golden>, device: impl Fn() -> Device) {
    let mut failures = String::new();
    for golden in networks {
        if let Err(message) = golden.check(device()) {
            writeln!(failures, "{}: {message}", golden.name).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn networks_have_the_answers_of_their_files_on_the_reference_executor() {
    check(small(), || Device::Reference);
}

#[test]
fn networks_have_the_answers_of_their_files_on_a_device() {
    let gpu = device::open();
    check(all(), || Device::Gpu(Box::new(gpu.clone())));
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn networks_have_the_answers_of_their_files_on_other_adapters() {
    for gpu in others() {
        check(small(), || Device::Gpu(Box::new(gpu.clone())));
    }
}
