//! Imported networks become the programs of the zoo's networks.

use std::path::Path;

use menagerie::device::DeviceProfile;
use menagerie::graph::Graph;
use menagerie::onnx::{Model, Options};
use menagerie::passes::{self, PassSet};
use menagerie::program::{Planning, Program};
use menagerie::tensor::Shape;
use menagerie::zoo;

/// Networks of `tests/golden/onnx/networks`.
const NETWORKS: [&str; 5] = [
    "resnet18",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mnasnet0_5",
    "efficientnet_b0",
];

const SIZE: usize = 64;

/// The kernels of a program in order, with the number of workgroups of each.
fn kernels(graph: &Graph) -> Vec<String> {
    let graph = passes::optimize(graph, &PassSet::all()).unwrap();
    let profile = DeviceProfile::default();
    let program = Program::new(&graph, &profile, &Planning::of_batch(1)).unwrap();
    let dispatches = program.dispatches().iter();
    dispatches
        .map(|dispatch| {
            let workgroups = dispatch.workgroups;
            format!("{} {workgroups:?}", dispatch.kernel.name)
        })
        .collect()
}

#[test]
fn imported_networks_have_the_programs_of_the_zoo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/networks");
    for name in NETWORKS {
        let model = zoo::find(name).unwrap();
        let expected = kernels(&model.graph_for(Shape::new(3, SIZE, SIZE)).unwrap());
        for exporter in ["legacy", "dynamo"] {
            // The weights are not needed.
            let bytes = std::fs::read(folder.join(format!("{name}.{exporter}.onnx"))).unwrap();
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("net.onnx");
            std::fs::write(&path, bytes).unwrap();
            let weights = std::fs::File::create(directory.path().join("weights.bin")).unwrap();
            weights.set_len(1 << 30).unwrap();
            let imported = Model::open(&path).unwrap();
            let graph = imported.graph(&Options::default()).unwrap();
            assert_eq!(kernels(&graph), expected, "{name}, {exporter}");
        }
    }
}
