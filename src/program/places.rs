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
    /// The slots.
    pub assignment: Assignment,
    /// Whether tensors that are alive at the same time share slots.
    pub shared_slots: bool,
    /// Where each slot is stored.
    pub slot_storages: Vec<Storage>,
    /// The format of the texels of each slot that is a texture.
    pub slot_formats: Vec<Format>,
    /// The view of each value, or `None` for a constant.
    views: Vec<Option<View>>,
}

impl Places {
    /// Places the values of `graph`, which have these `layouts`, and lie in these `storages`.
    pub fn of(
        graph: &Graph,
        layouts: &Layouts,
        aliases: &Aliases,
        storages: &[Storage],
        planning: &Planning,
        profile: &DeviceProfile,
    ) -> Self {
        let batch = planning.batch();
        let formats = formats_of(graph, aliases, planning);
        let guard = |value: usize| formats[value].bytes(planning.guard());
        let shape = |value: ValueId| layouts.get(value).shape(graph.ty(value).dims());
        let lifetimes = lifetimes(graph, aliases);
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
        let kinds: Vec<Kind> = roots
            .iter()
            .map(|&root| Kind::of(storages[root], formats[root]))
            .collect();
        let (assignment, slot_kinds) = assigned_by_kind(&sizes, &lives, &kinds, profile);

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
                origin: match storages[root.index()] {
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
            slot_storages: slot_kinds.iter().map(|kind| kind.storage).collect(),
            slot_formats: slot_kinds.iter().map(|kind| kind.format).collect(),
            shared_slots: profile.shared_slots,
            assignment,
        }
    }

    /// Returns the view of `value`, or `None` for a constant.
    pub fn view(&self, value: ValueId) -> Option<View> {
        self.views[value.index()]
    }
}

/// What a slot is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    storage: Storage,
    format: Format,
}

impl Kind {
    /// The slots for tensors of `format` in `storage`. A texture has one format. A buffer holds tensors of all formats.
    fn of(storage: Storage, format: Format) -> Self {
        Self {
            storage,
            format: match storage {
                Storage::Buffer => Format::default(),
                Storage::Texture => format,
            },
        }
    }

    const ALL: [Self; 3] = [
        Self {
            storage: Storage::Texture,
            format: Format::F32,
        },
        Self {
            storage: Storage::Texture,
            format: Format::F16,
        },
        Self {
            storage: Storage::Buffer,
            format: Format::F32,
        },
    ];
}

/// Assigns tensors to slots of their kinds. Returns the kind of each slot, too.
fn assigned_by_kind(
    sizes: &[u64],
    lives: &[Lifetime],
    kinds: &[Kind],
    profile: &DeviceProfile,
) -> (Assignment, Vec<Kind>) {
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
    let mut slot_kinds = Vec::new();
    for kind in Kind::ALL {
        let own: Vec<usize> = (0..sizes.len())
            .filter(|&tensor| kinds[tensor] == kind)
            .collect();
        let of_own = own.iter().map(|&tensor| (sizes[tensor], lives[tensor]));
        let (sizes, lives): (Vec<u64>, Vec<Lifetime>) = of_own.unzip();
        let part = assign(
            &sizes,
            &lives,
            Sharing::on(profile, kind.storage, kind.format),
        );
        let first = whole.slot_sizes.len();
        for (&tensor, place) in own.iter().zip(&part.places) {
            whole.places[tensor] = Place {
                slot: first + place.slot,
                ..*place
            };
        }
        slot_kinds.resize(first + part.slot_sizes.len(), kind);
        whole.slot_sizes.extend(part.slot_sizes);
        whole.lower_bound += part.lower_bound;
    }
    (whole, slot_kinds)
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
