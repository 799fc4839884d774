//! What holds for all passes: which run, in what order, how far, and what is told of it.

use menagerie::ErrorKind;
use menagerie::passes::{PassSet, optimize, optimize_with_report};

use crate::net::Net;

fn block() -> Net {
    let mut net = Net::new(8, 4, 4);
    let x = net.conv("conv1", net.input(), 8, 3);
    let x = net.norm("norm1", x);
    let x = net.relu("relu1", x);
    let x = net.conv("conv2", x, 8, 3);
    let x = net.norm("norm2", x);
    let x = net.add("add", net.input(), x);
    let x = net.relu("relu2", x);
    let x = net.dropout("dropout", x);
    let x = net.global_pool("pool", x);
    net.relu("relu3", x);
    net
}

#[test]
fn passes_are_known_by_name() {
    assert_eq!(
        PassSet::all().names(),
        [
            "drop_dropout",
            "drop_adaptive_pool",
            "sink_transpose",
            "sink_reshape",
            "fuse_layer_norm",
            "fold_batch_norm",
            "fold_affine",
            "name_activation",
            "fuse_activation",
            "fuse_residual",
            "fuse_expressions",
            "fuse_pointwise",
            "fuse_pad",
            "fuse_flatten",
            "fuse_before",
        ]
    );
    assert_eq!(PassSet::default().names(), PassSet::all().names());
    assert_eq!(PassSet::none().names(), [""; 0]);
    assert_eq!(PassSet::only("fuse_pad").unwrap().names(), ["fuse_pad"]);
    let left_out = PassSet::all().without("fuse_pad").unwrap();
    assert_eq!(left_out.names().len(), 14);
    assert!(!left_out.names().contains(&"fuse_pad"));
    assert_eq!(left_out.without("fuse_pad").unwrap().names().len(), 14);
}

#[test]
fn passes_have_their_order_whatever_the_order_in_which_they_are_asked_for() {
    let all = PassSet::all();
    let with = all.without("fuse_before").unwrap();
    let with = with.with("fuse_before").unwrap();
    assert_eq!(with.names(), all.names());
    assert_eq!(all.with("fuse_before").unwrap().names(), all.names());
    let two = PassSet::only("fuse_before").unwrap();
    let two = two.with("fold_batch_norm").unwrap();
    assert_eq!(two.names(), ["fold_batch_norm", "fuse_before"]);
}

#[test]
fn an_unknown_name_lists_the_passes() {
    for error in [
        PassSet::only("fold").unwrap_err(),
        PassSet::none().without("fold").unwrap_err(),
        PassSet::none().with("fold").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(
            error.to_string(),
            "no pass is called \"fold\"; there are drop_dropout, drop_adaptive_pool, \
             sink_transpose, sink_reshape, fuse_layer_norm, fold_batch_norm, fold_affine, name_activation, \
             fuse_activation, fuse_residual, fuse_expressions, fuse_pointwise, fuse_pad, fuse_flatten, fuse_before"
        );
    }
}

#[test]
fn no_pass_changes_nothing() {
    let graph = block().graph();
    assert_eq!(optimize(&graph, &PassSet::none()).unwrap(), graph);
}

#[test]
fn nodes_that_no_output_needs_are_removed() {
    let mut net = Net::new(8, 4, 4);
    let trunk = net.relu("relu", net.input());
    let aside = net.conv("conv", trunk, 8, 3);
    net.norm("norm", aside);
    net.output(trunk);
    let optimized = optimize(&net.graph(), &PassSet::none()).unwrap();
    assert_eq!(
        optimized.to_string(),
        "%0 input: input -> 8x4x4\n%1 relu: activation relu (%0) -> 8x4x4\nanswer %1\n"
    );
    assert!(
        optimized
            .stored()
            .map(|(_, value)| value)
            .eq(net.graph().stored().map(|(_, value)| value))
    );
}

#[test]
fn all_passes_together_leave_a_residual_block_as_two_convolutions() {
    let optimized = optimize(&block().graph(), &PassSet::all()).unwrap();
    assert_eq!(
        optimized.to_string(),
        "%0 input: input -> 8x4x4\n\
         %1 conv1: conv2d 8->8 3x3 padding 1 + bias + relu (%0) -> 8x4x4\n\
         %2 conv2: conv2d 8->8 3x3 padding 1 + bias + relu (%1, %0) -> 8x4x4\n\
         %3 pool: global_average_pool (%2) -> 8x1x1\n\
         %4 relu3: activation relu (%3) -> 8x1x1\n\
         answer %4\n"
    );
}

#[test]
fn the_report_tells_what_was_done_and_what_was_not() {
    let (_, report) = optimize_with_report(&block().graph(), &PassSet::all(), None).unwrap();
    assert_eq!(
        report.to_string(),
        "net: 10 nodes -> 4 nodes, 6 patches, 1 refusals\n\
         \x20 drop_dropout: dropout: dropout is skipped\n\
         \x20 fold_batch_norm: norm1: batch_norm becomes conv1 conv2d 8->8 3x3 padding 1 + bias\n\
         \x20 fold_batch_norm: norm2: batch_norm becomes conv2 conv2d 8->8 3x3 padding 1 + bias\n\
         \x20 fuse_activation: relu1: activation becomes conv1 conv2d 8->8 3x3 padding 1 + bias + relu\n\
         \x20 fuse_activation: relu2: activation becomes add add + relu\n\
         \x20 fuse_residual: add: add becomes conv2 conv2d 8->8 3x3 padding 1 + bias + relu\n\
         \x20 fuse_activation: relu3: not done: pool is global_average_pool, which supports no activation after it\n"
    );
}

#[test]
fn the_number_of_patches_can_be_limited() {
    let graph = block().graph();
    let all = PassSet::all();
    for limit in 0..=7 {
        let (optimized, report) = optimize_with_report(&graph, &all, Some(limit)).unwrap();
        assert_eq!(report.applied.len(), limit.min(6));
        assert_eq!(report.reached_limit, limit <= 6);
        assert_eq!(optimized.computed().count(), 10 - limit.min(6));
        assert_eq!(report.nodes_after, optimized.computed().count());
    }
}

#[test]
fn an_optimised_graph_has_nothing_left_to_do() {
    let once = optimize(&block().graph(), &PassSet::all()).unwrap();
    let (twice, report) = optimize_with_report(&once, &PassSet::all(), None).unwrap();
    assert_eq!(twice, once);
    assert_eq!(report.applied, []);
}
