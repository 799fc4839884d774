//! What the dispatches of a program bind.

use menagerie::kernels::{Access, Place, Resource};
use menagerie::program::Program;

/// Checks that no dispatch writes what it reads: where it binds parts of slots, none of them overlap; else it reads no
/// slot that it writes.
pub fn assert_apart(case: &str, program: &Program) {
    for dispatch in program.dispatches() {
        let name = format!("{case}: {}", dispatch.node);
        let place = |resource: &Resource| match resource {
            Resource::Activations(place) => Some(*place),
            Resource::Parameters(_) | Resource::Nothing => None,
        };
        let places: Vec<Place> = dispatch.resources.iter().filter_map(place).collect();
        // Operands of an expression behind the operation are bound after the result.
        let mut bindings = dispatch.kernel.bindings.iter();
        let result = bindings.position(|binding| binding.access == Access::Write);
        let result = result.unwrap_or_else(|| panic!("{name}: {:?}", dispatch.kernel));
        let written = place(&dispatch.resources[result]).unwrap();
        for (index, place) in places.iter().enumerate() {
            let end = place.begin + place.length;
            assert!(end <= program.slots()[place.slot], "{name}");
            // WebGPU lets bindings overlap only where none is written, and counts those that might be.
            let others = &places[index + 1..];
            let overlaps = |other: &Place| overlap(*place, *other);
            let shared = program.shared_slots();
            assert!(!shared || !others.iter().any(overlaps), "{name}");
        }
        let meeting = places.iter().filter(|place| place.slot == written.slot);
        let shared = program.shared_slots();
        assert!(shared || meeting.count() == 1, "{name}");
    }
}

pub fn overlap(a: Place, b: Place) -> bool {
    a.slot == b.slot && a.begin < b.begin + b.length && b.begin < a.begin + a.length
}
