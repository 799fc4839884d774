//! Where each node's result lives: its slot, and inside another tensor where a concatenation happens
//! in place.

use super::memory::{Assignment, Lifetime, Sharing, assign};
use crate::device::{DeviceProfile, Storage};
use crate::graph::{Graph, Op};
use crate::kernels::{Format, GROUP, View, groups};

/// Places of all results of a graph.
pub struct Layout {
    /// View of each node's result.
    pub views: Vec<View>,
    /// Slots.
    pub assignment: Assignment,
    /// Whether tensors that are alive together share slots.
    pub shared_slots: bool,
}

/// The tensor that a result is stored in: itself, or the concatenation it is a slice of.
#[derive(Clone, Copy)]
struct Slice {
    /// Node whose result has a place of its own.
    root: usize,
    /// Groups of the root's channels in front of it.
    offset: usize,
}

/// Places the results of `graph` for `batch` images.
pub fn place(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Layout {
    let slices = slices(graph);
    let nodes = graph.nodes();
    let sharing = match reads_twice(graph, &slices) {
        true => Sharing::Nothing,
        false => Sharing::on(profile),
    };
    let lifetimes = lifetimes(graph, &slices);
    let (roots, lives): (Vec<usize>, Vec<Lifetime>) = lifetimes
        .iter()
        .enumerate()
        .filter_map(|(root, life)| life.map(|life| (root, life)))
        .unzip();
    let format = Format::default();
    let sizes: Vec<u64> = roots
        .iter()
        .map(|&root| {
            let shape = nodes[root].shape;
            format.bytes(batch * shape.pixels() * groups(shape.channels))
        })
        .collect();
    let assignment = assign(&sizes, &lives, sharing);

    let mut index_of_root = vec![0; nodes.len()];
    for (index, &root) in roots.iter().enumerate() {
        index_of_root[root] = index;
    }
    let views = nodes.iter().zip(&slices).map(|(node, slice)| {
        let place = assignment.places[index_of_root[slice.root]];
        View {
            place,
            format,
            origin: match profile.storage {
                Storage::Buffer => 0,
                Storage::Texture => (place.begin / format.quad_bytes()) as usize,
            },
            shape: node.shape,
            offset: slice.offset,
            pitch: groups(nodes[slice.root].shape.channels),
        }
    });
    Layout {
        views: views.collect(),
        shared_slots: sharing != Sharing::Nothing,
        assignment,
    }
}

/// Whether the producers of an operation's inputs have already put its result where it is.
pub fn is_in_place(op: &Op) -> bool {
    matches!(op, Op::Concat(concat) if concat.in_place)
}

/// From the first write to the last read of each tensor that has a place of its own.
fn lifetimes(graph: &Graph, slices: &[Slice]) -> Vec<Option<Lifetime>> {
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
        touch(slices[step].root, step);
        for input in &node.inputs {
            touch(slices[input.index()].root, step);
        }
    }
    // Outputs are read after the last step.
    for output in graph.outputs() {
        touch(slices[output.index()].root, nodes.len());
    }
    lifetimes
}

/// Whether some kernel binds one tensor, or two slices of one, as two of its inputs. Where slots are shared it binds
/// inputs as if it wrote them, too, and WebGPU lets no two such bindings overlap.
fn reads_twice(graph: &Graph, slices: &[Slice]) -> bool {
    graph.nodes().iter().any(|node| {
        let mut roots: Vec<usize> = (node.inputs.iter())
            .map(|input| slices[input.index()].root)
            .collect();
        roots.sort_unstable();
        let bound_once = match &node.op {
            op if is_in_place(op) => true,
            Op::Add(_) => node.inputs[0] == node.inputs[1],
            _ => false,
        };
        !bound_once && roots.windows(2).any(|pair| pair[0] == pair[1])
    })
}

fn slices(graph: &Graph) -> Vec<Slice> {
    let mut slices: Vec<Slice> = (0..graph.nodes().len())
        .map(|root| Slice { root, offset: 0 })
        .collect();
    // Backwards, so that a concatenation inside another one knows its place before its inputs do.
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        if !is_in_place(&node.op) {
            continue;
        }
        let Slice { root, mut offset } = slices[id.index()];
        for input in &node.inputs {
            slices[input.index()] = Slice { root, offset };
            offset += graph.node(*input).shape.channels / GROUP;
        }
    }
    slices
}
