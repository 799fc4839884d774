//! Where each node's result lives: its slot, and inside another tensor where a concatenation happens
//! in place.

use super::memory::{Assignment, Lifetime, assign};
use super::view::{GROUP, View, groups};
use crate::graph::{Graph, Op};

/// Places of all results of a graph.
pub struct Layout {
    /// View of each node's result.
    pub views: Vec<View>,
    /// Slots, in `vec4<f32>`.
    pub assignment: Assignment,
}

/// The tensor that a result is stored in: itself, or the concatenation it is a slice of.
#[derive(Clone, Copy)]
struct Place {
    /// Node whose result has a slot of its own.
    root: usize,
    /// Groups of the root's channels in front of it.
    offset: usize,
}

/// Places the results of `graph` for `batch` images.
pub fn place(graph: &Graph, batch: usize) -> Layout {
    let places = places(graph);
    let nodes = graph.nodes();
    let mut lifetimes: Vec<Option<Lifetime>> = vec![None; nodes.len()];
    let mut touch = |root: usize, step: usize| {
        let life = lifetimes[root].get_or_insert(Lifetime {
            first: step,
            last: step,
        });
        life.first = life.first.min(step);
        life.last = life.last.max(step);
    };
    for (step, node) in nodes.iter().enumerate() {
        touch(places[step].root, step);
        for input in &node.inputs {
            touch(places[input.index()].root, step);
        }
    }
    // Outputs are read after the last step.
    for output in graph.outputs() {
        touch(places[output.index()].root, nodes.len());
    }

    let (roots, lives): (Vec<usize>, Vec<Lifetime>) = lifetimes
        .iter()
        .enumerate()
        .filter_map(|(root, life)| life.map(|life| (root, life)))
        .unzip();
    let sizes: Vec<usize> = roots
        .iter()
        .map(|&root| batch * nodes[root].shape.pixels() * groups(nodes[root].shape.channels))
        .collect();
    let assignment = assign(&sizes, &lives);

    let mut slot_of_root = vec![0; nodes.len()];
    for (&root, &slot) in roots.iter().zip(&assignment.slot_of) {
        slot_of_root[root] = slot;
    }
    let views = nodes
        .iter()
        .zip(&places)
        .map(|(node, place)| View {
            slot: slot_of_root[place.root],
            shape: node.shape,
            offset: place.offset,
            pitch: groups(nodes[place.root].shape.channels),
        })
        .collect();
    Layout { views, assignment }
}

fn places(graph: &Graph) -> Vec<Place> {
    let mut places: Vec<Place> = (0..graph.nodes().len())
        .map(|root| Place { root, offset: 0 })
        .collect();
    // Backwards, so that a concatenation inside another one knows its place before its inputs do.
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        if !matches!(&node.op, Op::Concat(concat) if concat.in_place) {
            continue;
        }
        let Place { root, mut offset } = places[id.index()];
        for input in &node.inputs {
            places[input.index()] = Place { root, offset };
            offset += graph.node(*input).shape.channels / GROUP;
        }
    }
    places
}
