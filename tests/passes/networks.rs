//! What the passes leave of whole networks. The counts are exact: a kernel more is a pass that no longer
//! fuses, a kernel less may be one that fuses what it must not.

use std::collections::BTreeMap;
use std::time::Instant;

use menagerie::graph::{Graph, Value};
use menagerie::passes::{PassSet, optimize_with_report};
use menagerie::zoo;

use crate::common::families::{tested, without_larger};
use crate::net::Net;

/// Nodes of each kind that are left to compute in a run, after all passes.
const BUDGETS: &[(&str, &str)] = &[
    ("alexnet", "5 conv2d, 3 linear, 3 max_pool"),
    (
        "alexnet_lrn",
        "5 conv2d, 3 linear, 2 local_response_norm, 3 max_pool",
    ),
    (
        "densenet121",
        "3 average_pool, 62 batch_norm, 58 concat, \
         120 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "densenet169",
        "3 average_pool, 86 batch_norm, 82 concat, \
         168 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "densenet201",
        "3 average_pool, 102 batch_norm, 98 concat, \
         200 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "efficientnet_b0",
        "16 adaptive_average_pool, 81 conv2d, 1 global_average_pool, 1 linear, 16 pointwise",
    ),
    (
        "efficientnet_lite0",
        "49 conv2d, 1 global_average_pool, 1 linear",
    ),
    (
        "efficientnet_v2_s",
        "30 adaptive_average_pool, 2 add, 170 conv2d, 1 global_average_pool, 1 linear, 30 pointwise",
    ),
    (
        "googlenet",
        "9 concat, 57 conv2d, 1 global_average_pool, 1 linear, 13 max_pool",
    ),
    (
        "inception_resnet_v2",
        "1 average_pool, 43 concat, \
         244 conv2d, 1 global_average_pool, 1 linear, 4 max_pool",
    ),
    (
        "inception_v3",
        "9 average_pool, 15 concat, \
         94 conv2d, 1 global_average_pool, 1 linear, 4 max_pool",
    ),
    ("lenet5", "2 conv2d, 3 linear, 2 max_pool"),
    ("mnasnet0_5", "52 conv2d, 1 global_average_pool, 1 linear"),
    ("mobilenet_v1", "27 conv2d, 1 global_average_pool, 1 linear"),
    ("mobilenet_v2", "52 conv2d, 1 global_average_pool, 1 linear"),
    (
        "mobilenet_v3_small",
        "9 adaptive_average_pool, 52 conv2d, 1 global_average_pool, 2 linear, 9 pointwise",
    ),
    (
        "nasnet_large",
        "66 activation, 40 add, 44 average_pool, 4 batch_norm, 26 concat, 488 conv2d, 4 crop, 1 global_average_pool, 1 linear, 4 max_pool",
    ),
    (
        "nasnet_mobile",
        "48 activation, 28 add, 32 average_pool, 4 batch_norm, 20 concat, 356 conv2d, 4 crop, 1 global_average_pool, 1 linear, 4 max_pool, 4 pad",
    ),
    (
        "regnet_x_400mf",
        "71 conv2d, 1 global_average_pool, 1 linear",
    ),
    (
        "regnet_y_400mf",
        "16 adaptive_average_pool, 85 conv2d, 1 global_average_pool, 1 linear, 16 pointwise",
    ),
    (
        "resnet18",
        "20 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "resnet34",
        "36 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "resnet50",
        "53 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "resnet101",
        "104 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "resnet152",
        "155 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "resnext50_32x4d",
        "53 conv2d, 1 global_average_pool, 1 linear, 1 max_pool",
    ),
    (
        "squeezenet1_0",
        "8 concat, 26 conv2d, 1 global_average_pool, 3 max_pool",
    ),
    (
        "squeezenet1_1",
        "8 concat, 26 conv2d, 1 global_average_pool, 3 max_pool",
    ),
    (
        "unet",
        "4 concat, 19 conv2d, 4 conv_transpose2d, 4 max_pool",
    ),
    ("unet_bilinear", "4 concat, 19 conv2d, 4 max_pool, 4 resize"),
    (
        "unet_small",
        "4 concat, 19 conv2d, 4 conv_transpose2d, 4 max_pool",
    ),
    ("vgg11", "8 conv2d, 3 linear, 5 max_pool"),
    ("vgg11_bn", "8 conv2d, 3 linear, 5 max_pool"),
    ("vgg13", "10 conv2d, 3 linear, 5 max_pool"),
    ("vgg13_bn", "10 conv2d, 3 linear, 5 max_pool"),
    ("vgg16", "13 conv2d, 3 linear, 5 max_pool"),
    ("vgg16_bn", "13 conv2d, 3 linear, 5 max_pool"),
    ("vgg19", "16 conv2d, 3 linear, 5 max_pool"),
    ("vgg19_bn", "16 conv2d, 3 linear, 5 max_pool"),
    (
        "xception",
        "11 activation, 74 conv2d, 1 global_average_pool, 1 linear, 4 max_pool",
    ),
];

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

#[test]
fn every_network_is_left_with_these_nodes() {
    let mut failures = Vec::new();
    for model in without_larger() {
        let budget = BUDGETS.iter().find(|(name, _)| *name == model.name);
        let budget = budget.map_or("no budget", |(_, budget)| budget);
        let graph = model.graph().unwrap();
        let (optimized, report) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
        let found = counts(&optimized);
        if found != budget {
            failures.push(format!(
                "{}: expected {budget}, found {found}: {report}",
                model.name
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(BUDGETS.len(), without_larger().count());
}

/// Each pass is worth its place: left out, some network keeps more nodes.
#[test]
fn what_a_pass_is_for_stays_without_it() {
    let left = |name: &str, without: &str| {
        let graph = zoo::find(name).unwrap().graph().unwrap();
        let set = PassSet::all().without(without).unwrap();
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
