//! Every operation costs what is worked out by hand.

use std::collections::BTreeSet;

use menagerie::device::DeviceProfile;
use menagerie::kernels::{KERNELS, Site};

use crate::common::cases;

#[test]
fn operations_cost_what_is_worked_out_by_hand() {
    let cases = [cases::all(), cases::without_kernel()].concat();
    let mut worked_out = BTreeSet::new();
    let mut all = BTreeSet::new();
    for case in &cases {
        let node = case.graph.node(case.node());
        all.insert(node.op().kind());
        if let Some(expected) = case.cost {
            let found = case.graph.cost(case.node());
            assert_eq!(found, expected, "{}: {}", case.name, case.graph);
            worked_out.insert(node.op().kind());
        }
    }
    assert_eq!(worked_out, all);
    for kernel in KERNELS {
        for op in kernel.ops() {
            assert!(worked_out.contains(op), "no case of {op}");
        }
    }
}

/// What kernels see of an operation costs what the graph says, for all images at once.
#[test]
fn kernels_see_the_same_cost() {
    for case in [cases::all(), cases::without_kernel()].concat() {
        for batch in [1, 3] {
            let id = case.node();
            let site = Site::new(&case.graph, id, batch, &DeviceProfile::WEBGPU).unwrap();
            let expected = case.graph.cost(id).of_batch(batch);
            assert_eq!(site.cost(), expected, "{}", case.name);
        }
    }
}
