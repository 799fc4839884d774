//! The place of each value of a graph: a slot, and a range in it. An alias lies inside of another value.

use super::Planning;
use super::aliases::{Aliases, Location};
use super::layouts::Layouts;
use super::memory::{Assignment, Lifetime, Sharing, assign};
use crate::device::{DeviceProfile, Storage};
use crate::graph::{Graph, ValueId};
use crate::kernels::{Format, Place, View, quads};

/// The places of all values of a graph.
pub struct Places {
    /// The values that lie inside of others.
    pub aliases: Aliases,
    /// The slots.
    pub assignment: Assignment,
    /// Whether tensors that are alive at the same time share slots.
    pub shared_slots: bool,
    /// The view of each value, or `None` for a constant.
    views: Vec<Option<View>>,
}

impl Places {
    /// Places the values of `graph`, which have these `layouts`.
    pub fn of(
        graph: &Graph,
        layouts: &Layouts,
        aliases: Aliases,
        planning: &Planning,
        profile: &DeviceProfile,
    ) -> Self {
        let (batch, format) = (planning.batch(), Format::default());
        let guard = format.bytes(planning.guard());
        let sharing = Sharing::on(profile);
        let shape = |value: ValueId| layouts.get(value).shape(graph.ty(value).dims());
        let lifetimes = lifetimes(graph, &aliases);
        let (roots, lives): (Vec<usize>, Vec<Lifetime>) = lifetimes
            .iter()
            .enumerate()
            .filter_map(|(root, life)| life.map(|life| (root, life)))
            .unzip();
        let sizes: Vec<u64> = roots
            .iter()
            .map(|&root| {
                let shape = shape(ValueId::at(root));
                format.bytes(batch * shape.pixels() * quads(shape.channels)) + 2 * guard
            })
            .collect();
        let assignment = assign(&sizes, &lives, sharing);

        let mut places: Vec<Option<Place>> = vec![None; graph.values().len()];
        for (&root, &place) in roots.iter().zip(&assignment.places) {
            places[root] = Some(place.without(guard));
        }
        let views = (0..graph.values().len()).map(ValueId::at).map(|value| {
            let Location { root, offset } = aliases.slice(value);
            let place = places[root.index()]?;
            Some(View {
                place,
                format,
                origin: match profile.storage {
                    Storage::Buffer => planning.guard(),
                    Storage::Texture => (place.begin / format.quad_bytes()) as usize,
                },
                shape: shape(value),
                offset,
                pitch: quads(shape(root).channels),
            })
        });
        Self {
            views: views.collect(),
            shared_slots: sharing != Sharing::Nothing,
            assignment,
            aliases,
        }
    }

    /// Returns the view of `value`, or `None` for a constant.
    pub fn view(&self, value: ValueId) -> Option<View> {
        self.views[value.index()]
    }
}

/// Returns the lifetime of each value that has a place of its own.
fn lifetimes(graph: &Graph, aliases: &Aliases) -> Vec<Option<Lifetime>> {
    let mut lifetimes: Vec<Option<Lifetime>> = vec![None; graph.values().len()];
    let mut touch = |value: ValueId, step: usize| {
        if graph.value(value).is_constant() {
            return;
        }
        let life = lifetimes[aliases.slice(value).root.index()].get_or_insert(Lifetime {
            first: step,
            last: step,
        });
        life.first = life.first.min(step);
        life.last = life.last.max(step);
    };
    // Inputs are written before the first step.
    for input in graph.inputs() {
        touch(input.value, 0);
    }
    let mut steps = 0;
    for (step, (_, node)) in (1..).zip(graph.computed()) {
        for &result in node.results() {
            touch(result, step);
        }
        for read in node.reads() {
            touch(read, step);
        }
        steps = step;
    }
    // Outputs are read after the last step.
    for output in graph.outputs() {
        touch(output.value, steps + 1);
    }
    lifetimes
}
