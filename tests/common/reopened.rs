//! Graphs with other outputs.

use std::collections::HashMap;

use menagerie::graph::{Graph, Origin, ValueId};

/// `graph`, in which nothing is fused yet, with these outputs in this order instead of its own.
pub fn with_outputs(graph: &Graph, outputs: &[(&str, ValueId)]) -> Graph {
    let mut copy = Graph::new(graph.name());
    let mut copies: HashMap<ValueId, ValueId> = HashMap::new();
    for port in graph.inputs() {
        let ty = *graph.ty(port.value);
        copies.insert(port.value, copy.add_input(&port.name, ty).unwrap());
    }
    for (id, value) in graph.stored() {
        let trainable = matches!(value.origin(), Origin::Stored { trainable: true });
        let stored = copy.add_stored(value.name(), *value.ty(), trainable);
        copies.insert(id, stored.unwrap());
    }
    for node in graph.nodes() {
        assert!(node.post().is_identity(), "{}", node.name());
        let inputs = node.inputs().iter().map(|input| {
            let input = (*input)?;
            let value = graph.value(input);
            Some(
                *copies.entry(input).or_insert_with(|| match value.origin() {
                    Origin::Known(tensor) => {
                        let tensor = tensor.as_ref().clone();
                        copy.add_known(value.name(), tensor).unwrap()
                    }
                    other => panic!("{}: {other:?}", value.name()),
                }),
            )
        });
        let inputs: Vec<Option<ValueId>> = inputs.collect();
        let results = copy.add(node.name(), node.op().clone(), inputs).unwrap();
        copies.extend(node.results().iter().copied().zip(results));
    }
    for (name, value) in outputs {
        copy.add_output(*name, copies[value]).unwrap();
    }
    copy
}
