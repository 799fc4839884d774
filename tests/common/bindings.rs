//! What the dispatches of a program bind.

use menagerie::kernels::{Place, Resource};
use menagerie::program::Program;

/// Checks that no dispatch writes what it reads: where it binds parts of slots, none of them overlap; else it reads no
/// slot that it writes.
pub fn assert_apart(case: &str, program: &Program) {
    for dispatch in program.dispatches() {
        let name = format!("{case}: {}", dispatch.node);
        let places: Vec<Place> = (dispatch.resources.iter())
            .filter_map(|resource| match resource {
                Resource::Activations(place) => Some(*place),
                Resource::Parameters(_) | Resource::Nothing => None,
            })
            .collect();
        let last = dispatch.resources.last();
        let (written, read) = places.split_last().unwrap();
        assert_eq!(last, Some(&Resource::Activations(*written)), "{name}");
        for (index, place) in places.iter().enumerate() {
            let end = place.begin + place.length;
            assert!(end <= program.slots()[place.slot], "{name}");
            // WebGPU lets bindings overlap only where none is written, and counts those that might be.
            let others = &places[index + 1..];
            let overlaps = |other: &Place| overlap(*place, *other);
            let shared = program.shared_slots();
            assert!(!shared || !others.iter().any(overlaps), "{name}");
        }
        let meets = |place: &Place| place.slot == written.slot;
        let shared = program.shared_slots();
        assert!(shared || !read.iter().any(meets), "{name}");
    }
}

pub fn overlap(a: Place, b: Place) -> bool {
    a.slot == b.slot && a.begin < b.begin + b.length && b.begin < a.begin + a.length
}
