//! The place of each value of a graph: a slot, and a range in it. An alias lies inside of another value.

use super::Planning;
use super::aliases::{Aliases, Location};
use super::formats::formats_of;
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
    /// The format of the texels of each slot, if slots are textures.
    pub slot_formats: Vec<Format>,
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
        let batch = planning.batch();
        let formats = formats_of(graph, &aliases, planning);
        let guard = |value: usize| formats[value].bytes(planning.guard());
        let sharing = Sharing::on(profile, Format::F32);
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
                let quads = batch * shape.pixels() * quads(shape.channels);
                formats[root].bytes(quads) + 2 * guard(root)
            })
            .collect();
        let of_roots: Vec<Format> = roots.iter().map(|&root| formats[root]).collect();
        let (assignment, slot_formats) = match profile.storage {
            Storage::Buffer => {
                let assignment = assign(&sizes, &lives, sharing);
                let formats = vec![Format::default(); assignment.slot_sizes.len()];
                (assignment, formats)
            }
            Storage::Texture => assigned_by_format(&sizes, &lives, &of_roots, profile),
        };

        let mut places: Vec<Option<Place>> = vec![None; graph.values().len()];
        for (&root, &place) in roots.iter().zip(&assignment.places) {
            places[root] = Some(place.without(guard(root)));
        }
        let views = (0..graph.values().len()).map(ValueId::at).map(|value| {
            let Location { root, offset } = aliases.slice(value);
            let (place, format) = (places[root.index()]?, formats[root.index()]);
            Some(View {
                place,
                format,
                origin: match profile.storage {
                    Storage::Buffer => planning.guard(),
                    Storage::Texture => format.quads(place.begin),
                },
                shape: shape(value),
                offset,
                pitch: quads(shape(root).channels),
            })
        });
        Self {
            views: views.collect(),
            slot_formats,
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

/// Assigns tensors to slots that are textures. A texture has one format, so tensors of different formats share none. Returns the
/// format of each slot, too.
fn assigned_by_format(
    sizes: &[u64],
    lives: &[Lifetime],
    formats: &[Format],
    profile: &DeviceProfile,
) -> (Assignment, Vec<Format>) {
    let unplaced = Place {
        slot: 0,
        begin: 0,
        length: 0,
    };
    let mut whole = Assignment {
        places: vec![unplaced; sizes.len()],
        slot_sizes: Vec::new(),
        lower_bound: 0,
    };
    let mut slot_formats = Vec::new();
    for format in [Format::F32, Format::F16] {
        let own: Vec<usize> = (0..sizes.len())
            .filter(|&tensor| formats[tensor] == format)
            .collect();
        let of_own = own.iter().map(|&tensor| (sizes[tensor], lives[tensor]));
        let (sizes, lives): (Vec<u64>, Vec<Lifetime>) = of_own.unzip();
        let part = assign(&sizes, &lives, Sharing::on(profile, format));
        let first = whole.slot_sizes.len();
        for (&tensor, place) in own.iter().zip(&part.places) {
            whole.places[tensor] = Place {
                slot: first + place.slot,
                ..*place
            };
        }
        slot_formats.resize(first + part.slot_sizes.len(), format);
        whole.slot_sizes.extend(part.slot_sizes);
        whole.lower_bound += part.lower_bound;
    }
    (whole, slot_formats)
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
