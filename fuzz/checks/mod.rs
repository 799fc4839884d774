//! What is done with any bytes, by one function for each reader. Whatever they are, there is a result or an error of one
//! line, and no panic. The targets of cargo-fuzz call these functions, and so does the test that replays the corpus.

#![allow(dead_code, reason = "each target calls one of them")]

use std::io::Write;

use menagerie::cache::Cache;
use menagerie::device::{DeviceProfile, MatrixSizes};
use menagerie::gpu::AdapterDescription;
use menagerie::graph::{Activation, Conv, image_network};
use menagerie::kernels::Declaration;
use menagerie::onnx::{Model, Options};
use menagerie::passes::{PassSet, optimize};
use menagerie::photo::Decoding;
use menagerie::program::{Planning, Program};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{Error, Labels, hub, npy, tensor_file, tune, zoo};

/// What is done with the bytes of an input.
type Check = fn(&[u8]);

/// The function of each target by its name.
pub const TARGETS: [(&str, Check); 11] = [
    ("weights", weights),
    ("tensors", tensors),
    ("arrays", arrays),
    ("onnx", onnx),
    ("photos", photos),
    ("labels", labels),
    ("tuning", tuning),
    ("pipelines", pipelines),
    ("declarations", declarations),
    ("hub", hub),
    ("graphs", graphs),
];

/// An error is one line.
fn look_at<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

/// Files of weights in all formats, matched with a network.
pub fn weights(data: &[u8]) {
    let Some(weights) = look_at(Weights::from_bytes("file", data.to_vec())) else {
        return;
    };
    let Some(model) = look_at(zoo::find("lenet5")) else {
        return;
    };
    let Some(graph) = look_at(model.graph()) else {
        return;
    };
    if look_at(weights.check(&graph)).is_some() {
        for (id, _) in graph.stored() {
            look_at(weights.value(&graph, id));
        }
    }
}

/// Files of one tensor.
pub fn tensors(data: &[u8]) {
    look_at(tensor_file::decode("file", data.to_vec(), "input"));
}

/// NumPy's files.
pub fn arrays(data: &[u8]) {
    if let Some(array) = look_at(npy::decode("file", data)) {
        // The bytes are compared, because NaN is not equal to itself.
        let written = npy::encode_array(&array);
        let again = look_at(npy::decode("written", &written));
        assert!(again.is_some_and(|again| npy::encode_array(&again) == written));
    }
}

/// ONNX files, up to the plan of the network.
pub fn onnx(data: &[u8]) {
    let Some(model) = look_at(Model::from_bytes("file", data.to_vec())) else {
        return;
    };
    let Some(graph) = look_at(model.graph(&Options::default())) else {
        return;
    };
    look_at(model.weights(&graph));
    plan(&graph);
}

fn plan(graph: &menagerie::graph::Graph) {
    let Some(graph) = look_at(optimize(graph, &PassSet::all())) else {
        return;
    };
    let planning = Planning::of_batch(1);
    look_at(Program::new(&graph, &DeviceProfile::WEBGPU, &planning));
}

/// Image files in all formats.
pub fn photos(data: &[u8]) {
    look_at(Decoding::new().max_pixels(1 << 16).decode(data));
}

/// Writes `data` to a file of this name, and calls `read` with its folder.
fn in_file(name: &str, data: &[u8], read: impl FnOnce(&std::path::Path)) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join(name)).unwrap();
    file.write_all(data).unwrap();
    read(folder.path());
}

/// Lists of the names of classes.
pub fn labels(data: &[u8]) {
    for name in ["labels.txt", "labels.json"] {
        in_file(name, data, |folder| {
            look_at(Labels::read(folder.join(name)));
        });
    }
}

/// An adapter whose name is "a".
fn adapter() -> AdapterDescription {
    AdapterDescription {
        name: "a".to_owned(),
        backend: "b".to_owned(),
        device_type: "Cpu".to_owned(),
        pci_address: String::new(),
        driver: "d".to_owned(),
        max_binding_bytes: 0,
        max_buffer_bytes: 0,
        max_texture_side: 0,
        max_workgroup_bytes: 0,
        max_invocations: 0,
        subgroup_sizes: [0, 0],
        matrix_sizes: MatrixSizes::NONE,
        features: Vec::new(),
    }
}

/// What was measured on an adapter.
pub fn tuning(data: &[u8]) {
    in_file("tuning-a-b.json", data, |folder| {
        look_at(tune::recall(&Cache::in_folder(folder), &adapter()));
    });
}

/// What was compiled for an adapter: of a file that is cut or changed, nothing reaches the driver.
pub fn pipelines(data: &[u8]) {
    in_file("pipelines-a-b.bin", data, |folder| {
        let cache = Cache::in_folder(folder);
        if let Some(compiled) = cache.compiled_kernels(&adapter()) {
            assert!(data.ends_with(&compiled) && compiled.len() < data.len());
        }
    });
}

/// Declarations of kernels from files, up to the plan of a network with each kind of layer that they may name.
pub fn declarations(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(declaration) = look_at(Declaration::parse("own.wgsl", &text, "")) else {
        return;
    };
    let candidate = declaration.into_candidate();
    let graph = image_network("layers", Shape::new(4, 6, 5), |net, x| {
        let x = net.conv("conv", x, Conv::new(8, 3).padding(1).bias())?;
        let x = net.conv("grouped", x, Conv::new(8, 3).stride(2).groups(8))?;
        let x = net.activation("sigmoid", x, Activation::Sigmoid)?;
        let x = net.conv("pointwise", x, Conv::new(12, 1))?;
        let x = net.add("add", x, x)?;
        net.linear("linear", net.global_average_pool("pool", x)?, 10)
    });
    let Some(graph) = look_at(graph) else { return };
    let planning = Planning::of_batch(1).candidate(candidate);
    look_at(Program::new(&graph, &DeviceProfile::WEBGPU, &planning));
}

/// The headers with which a server answers: lines `NAME: VALUE`.
pub fn hub(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let headers = text.lines().filter_map(|line| line.split_once(": "));
    look_at(hub::described(data.len().is_multiple_of(2), headers));
}

/// Random networks, by the choices in the bytes.
pub fn graphs(data: &[u8]) {
    let chance = crate::chance::Chance::of_bytes(data);
    let mut refusals = Vec::new();
    if let Some(graph) = look_at(crate::network::network(
        chance,
        crate::network::ODD,
        &mut refusals,
    )) {
        plan(&graph);
    }
}
