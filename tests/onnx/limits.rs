//! What a small file can ask for: work, memory and words are limited.

use menagerie::ErrorKind;

use super::malformed::{imported, refused, split_into};
use super::writer::{graph, integers, model, node};

/// Each sum from the one before: a sum of all values before it would be a million times the work.
#[test]
fn a_million_constants_are_summed() {
    let nodes = [
        node("ConstantOfShape", &["shape"], &["zeros"]),
        node("CumSum", &["zeros", "axis"], &["sums"]),
        node("ReduceSum", &["sums"], &["sum"]),
        node("Add", &["x", "sum"], &["y"]),
    ];
    let numbers = [integers("shape", &[1, 1 << 20]), integers("axis", &[1])];
    imported(model(17, graph(&nodes, &numbers)).0).unwrap();
}

/// A message says what was found, but not all of it.
#[test]
fn a_long_list_is_cut() {
    let (_, message) = refused(split_into(&[1; 5000]));
    assert!(message.contains("expected parts that make 3, found [1, 1"));
    assert!(
        message.len() < 1000 && message.ends_with("..."),
        "{message}"
    );
}

/// A few bytes for each constant, which takes 100 MB.
#[test]
fn constants_of_a_small_file_are_limited() {
    let mut nodes = Vec::new();
    let mut last = "x".to_owned();
    for index in 0..40 {
        let [large, sum, next] = ["large", "sum", "next"].map(|name| format!("{name}{index}"));
        nodes.push(node("ConstantOfShape", &["shape"], &[&large]));
        nodes.push(node("ReduceSum", &[&large], &[&sum]));
        nodes.push(node("Add", &[&last, &sum], &[&next]));
        last = next;
    }
    nodes.push(node("Relu", &[&last], &["y"]));
    let shape = integers("shape", &[1, 1, 3 << 10, 4 << 10]);
    let (kind, message) = refused(model(17, graph(&nodes, &[shape])).0);
    assert_eq!(kind, ErrorKind::Unsupported);
    assert!(
        message.contains("elements together are computed"),
        "{message}"
    );
}
