//! Lets the inputs of a concat be written straight into their slices of its result, so that it costs
//! nothing. Four conditions:
//!
//! 1. Storage groups channels in fours, so each slice must begin at a multiple of four channels: every
//!    input but the last has such a number of them.
//! 2. Somebody writes each input: it is not the network's own input, which lies where the caller put it.
//! 3. A value lies in one place: no input comes twice, or is read by another concat that is in place. A
//!    concat in place as a whole may be an input of another: its inputs are then slices of a slice.
//! 4. Whoever writes a slice must not read from the same storage, as no dispatch reads and writes one
//!    buffer. The values in one storage are those of the outermost concat and all that are nested in it.

use super::patch::Outcome;
use crate::graph::{Concat, Draft, NodeId, Op};

/// Channels that storage keeps together.
const CHANNEL_GROUP: usize = 4;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    match node.op {
        Op::Concat(Concat { in_place: false }) => {}
        _ => return Outcome::NoMatch,
    }
    let inputs = node.inputs.as_slice();
    let obstacle = misaligned(draft, inputs)
        .or_else(|| unwritten(draft, inputs))
        .or_else(|| placed_elsewhere(draft, inputs))
        .or_else(|| read_while_written(draft, inputs));
    match obstacle {
        Some(reason) => Outcome::Refused(reason),
        None => {
            let op = Op::Concat(Concat { in_place: true });
            Outcome::replace(&node.name, op, node.inputs.clone())
        }
    }
}

fn misaligned(draft: &Draft, inputs: &[NodeId]) -> Option<String> {
    let (_, all_but_last) = inputs.split_last()?;
    let odd = all_but_last
        .iter()
        .map(|&input| draft.node(input))
        .find(|node| !node.shape.channels.is_multiple_of(CHANNEL_GROUP))?;
    let channels = odd.shape.channels;
    Some(format!(
        "{} has {channels} channels, no multiple of {CHANNEL_GROUP}, and is not last",
        odd.name
    ))
}

fn unwritten(draft: &Draft, inputs: &[NodeId]) -> Option<String> {
    let mut nodes = inputs.iter().map(|&input| draft.node(input));
    let node = nodes.find(|node| node.op == Op::Input)?;
    Some(format!("{} is the network's input", node.name))
}

fn placed_elsewhere(draft: &Draft, inputs: &[NodeId]) -> Option<String> {
    inputs.iter().enumerate().find_map(|(index, &input)| {
        let name = &draft.node(input).name;
        if inputs[..index].contains(&input) {
            return Some(format!("{name} is in it twice"));
        }
        let home = home(draft, input)?;
        Some(format!("{name} lies in {} already", draft.node(home).name))
    })
}

fn read_while_written(draft: &Draft, inputs: &[NodeId]) -> Option<String> {
    // Concats around this one come after it and are not in place yet: what it holds is all there is.
    let mut together = slices(draft, inputs);
    together.sort_unstable();
    together.iter().find_map(|&slice| {
        let node = draft.node(slice);
        if is_in_place(draft, slice) {
            return None;
        }
        let mut reads = node.inputs.iter();
        let read = reads.find(|read| together.binary_search(read).is_ok())?;
        Some(format!(
            "{} reads {}, which would lie beside it",
            node.name,
            draft.node(*read).name
        ))
    })
}

/// What lies in a storage that holds `inputs`: they, and the inputs of those in place.
fn slices(draft: &Draft, inputs: &[NodeId]) -> Vec<NodeId> {
    let mut slices = Vec::new();
    let mut pending = inputs.to_vec();
    while let Some(slice) = pending.pop() {
        slices.push(slice);
        if is_in_place(draft, slice) {
            pending.extend(&draft.node(slice).inputs);
        }
    }
    slices
}

/// The concat whose storage the result of `id` is a slice of.
fn home(draft: &Draft, id: NodeId) -> Option<NodeId> {
    let mut readers = draft.readers(id).iter();
    readers.find(|&&reader| is_in_place(draft, reader)).copied()
}

fn is_in_place(draft: &Draft, id: NodeId) -> bool {
    draft.node(id).op == Op::Concat(Concat { in_place: true })
}
