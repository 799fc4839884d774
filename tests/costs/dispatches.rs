//! A plan's dispatches cost what the graph's nodes do.

use std::collections::BTreeSet;

use menagerie::device::DeviceProfile;
use menagerie::graph::Cost;
use menagerie::passes::PassSet;
use menagerie::program::{Planning, Program};

use crate::common::networks::optimized_with;

/// A batch shares the parameters.
#[test]
fn a_batch_reads_the_parameters_once() {
    let one = Cost {
        flops: 10,
        activation_bytes: 20,
        parameter_bytes: 30,
    };
    let three = one.of_batch(3);
    assert_eq!((three.flops, three.bytes()), (30, 60 + 30));
}

/// However an operation is cut into dispatches, they cost together what it does; but the parts of a layer
/// whose parameters do not fit a binding each read its input.
#[test]
fn dispatches_cost_what_their_nodes_do() {
    for (model, batch, split) in [
        ("googlenet", 1, false),
        ("densenet121", 2, false),
        ("vgg11", 3, true),
    ] {
        for passes in [PassSet::all(), PassSet::none()] {
            let graph = optimized_with(model, &passes);
            // A kernel that is asked for computes a convolution at once.
            let planning = Planning::of_batch(batch).kernel("conv 8 pixels");
            let plan = Program::new(&graph, &DeviceProfile::WEBGPU, &planning).unwrap();
            let dispatched = plan.dispatches().iter().map(|dispatch| dispatch.cost);
            let names: BTreeSet<&str> = (plan.dispatches().iter())
                .map(|dispatch| dispatch.node.as_str())
                .collect();
            let nodes = graph.computed().filter(|(_, node)| {
                let is_computed = names.contains(node.name());
                let kind = node.op().kind();
                let is_free = ["concat", "dropout", "flatten"].contains(&kind);
                assert!(is_computed || is_free, "{model}: {}", node.name());
                is_computed
            });
            let nodes = nodes.map(|(id, _)| graph.cost(id).of_batch(batch));
            let [dispatched, nodes] = [sum(dispatched), sum(nodes)];
            assert_eq!(dispatched.flops, nodes.flops, "{model}");
            assert_eq!(dispatched.parameter_bytes, nodes.parameter_bytes, "{model}");
            let [found, least] = [dispatched.activation_bytes, nodes.activation_bytes];
            assert!(found >= least, "{model}: {found} and {least}");
            assert_eq!(found > least, split, "{model}: {found} and {least}");
        }
    }
}

fn sum(costs: impl Iterator<Item = Cost>) -> Cost {
    costs.fold(Cost::default(), |sum, cost| Cost {
        flops: sum.flops + cost.flops,
        activation_bytes: sum.activation_bytes + cost.activation_bytes,
        parameter_bytes: sum.parameter_bytes + cost.parameter_bytes,
    })
}
