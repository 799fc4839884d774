//! What the passes leave of whole networks. `tests/plans/table.txt` has the exact counts of all of them.

use std::collections::BTreeMap;
use std::time::Instant;

use menagerie::graph::{Graph, Value};
use menagerie::passes::{PassSet, optimize_with_report};

use crate::common::families::tested;
use crate::common::networks::published;
use crate::net::Net;

fn counts(graph: &Graph) -> String {
    let mut counts = BTreeMap::new();
    for (_, node) in graph.computed() {
        *counts.entry(node.op().kind()).or_insert(0) += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    counts.join(", ")
}

/// Each pass is worth its place: left out, some network keeps more nodes.
#[test]
fn without_a_pass_its_nodes_stay() {
    let left = |name: &str, without: &str| {
        let graph = published(name);
        let set = PassSet::all().without(without).unwrap();
        // It takes what other passes leave.
        let set = set.without("fuse_before").unwrap();
        let (optimized, _) = optimize_with_report(&graph, &set, None).unwrap();
        counts(&optimized)
    };
    for (name, without, expected) in [
        ("mobilenet_v2", "drop_dropout", "1 dropout"),
        ("vgg16", "drop_adaptive_pool", "1 adaptive_average_pool"),
        ("mobilenet_v2", "fold_batch_norm", "52 batch_norm"),
        ("mobilenet_v2", "fuse_activation", "35 activation"),
        ("mobilenet_v2", "fuse_residual", "10 add"),
        ("resnet50", "fuse_residual", "16 add"),
        ("inception_resnet_v2", "fuse_residual", "40 add"),
        ("lenet5", "fuse_pad", "1 pad"),
        ("lenet5", "fuse_flatten", "1 flatten"),
    ] {
        let left = left(name, without);
        assert!(left.contains(expected), "{name} without {without}: {left}");
    }
}

#[test]
fn parameters_all_stay() {
    for model in tested() {
        let graph = model.graph().unwrap();
        let (optimized, _) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
        let stored = |graph: &Graph| -> Vec<Value> {
            let stored = graph.stored().map(|(_, value)| value);
            stored.cloned().collect()
        };
        assert_eq!(stored(&optimized), stored(&graph));
        assert_eq!(
            optimized.output_shape().unwrap(),
            graph.output_shape().unwrap()
        );
    }
}

/// Thirty thousand nodes: copying the graph for each patch would take minutes here.
#[test]
fn long_networks_are_no_trouble() {
    const BLOCKS: usize = 5000;
    let mut net = Net::new(8, 4, 4);
    let mut x = net.input();
    for index in 0..BLOCKS {
        let name = |layer| format!("{index}.{layer}");
        let y = net.conv(&name("conv1"), x, 8, 3);
        let y = net.norm(&name("norm1"), y);
        let y = net.relu(&name("relu"), y);
        let y = net.conv(&name("conv2"), y, 8, 3);
        let y = net.norm(&name("norm2"), y);
        x = net.add(&name("add"), x, y);
    }
    let graph = net.graph();
    let start = Instant::now();
    let (optimized, _) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
    println!("{} nodes: {:?}", graph.nodes().len(), start.elapsed());
    assert_eq!(counts(&optimized), format!("{} conv2d", 2 * BLOCKS));
}
