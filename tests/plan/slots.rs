//! The memory planner's promises about slots of activations.

use menagerie::program::{Lifetime, Sharing, assign};
use proptest::prelude::*;

use crate::common::bindings::overlap;

fn schedules() -> impl Strategy<Value = Vec<(u64, Lifetime)>> {
    prop::collection::vec((1..100_u64, 0..40_usize, 0..12_usize), 0..60).prop_map(|tensors| {
        let lifetime = |first: usize, length: usize| Lifetime {
            first,
            last: first + length,
        };
        tensors
            .into_iter()
            .map(|(quads, first, length)| (16 * quads, lifetime(first, length)))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_alive_overlaps(schedule in schedules()) {
        let (sizes, lifetimes): (Vec<u64>, Vec<Lifetime>) = schedule.into_iter().unzip();
        let alive = |step: usize| -> u64 {
            let here = |life: &Lifetime| life.first <= step && step <= life.last;
            sizes.iter().zip(&lifetimes).filter(|(_, life)| here(life)).map(|(size, _)| size).sum()
        };
        for sharing in [Sharing::Nothing, Sharing::Slots(u64::MAX), Sharing::Slots(4800)] {
            let assignment = assign(&sizes, &lifetimes, sharing);
            prop_assert_eq!(assignment.lower_bound, (0..60).map(alive).max().unwrap_or(0));
            prop_assert!(assignment.total() >= assignment.lower_bound);
            for (a, life) in lifetimes.iter().enumerate() {
                let place = assignment.places[a];
                prop_assert_eq!(place.length, sizes[a]);
                prop_assert!(place.begin + place.length <= assignment.slot_sizes[place.slot]);
                // As bindings must.
                prop_assert_eq!(place.begin % 256, 0);
                for (b, other) in lifetimes.iter().enumerate().skip(a + 1) {
                    let together = life.first <= other.last && other.first <= life.last;
                    let apart = match sharing {
                        Sharing::Nothing => place.slot != assignment.places[b].slot,
                        Sharing::Slots(_) => !overlap(place, assignment.places[b]),
                    };
                    prop_assert!(!together || apart);
                }
            }
            for &size in &assignment.slot_sizes {
                match sharing {
                    Sharing::Nothing => prop_assert!(sizes.contains(&size)),
                    Sharing::Slots(longest) => prop_assert!(size <= longest),
                }
            }
        }
    }
}

/// A case worked out by hand: the third tensor takes the first one's place.
#[test]
fn slots_are_used_again() {
    let life = |first, last| Lifetime { first, last };
    let lives = [life(0, 1), life(1, 2), life(2, 3)];
    let assignment = assign(&[10, 20, 8], &lives, Sharing::Nothing);
    assert_eq!(
        assignment
            .places
            .iter()
            .map(|place| place.slot)
            .collect::<Vec<_>>(),
        [1, 0, 1]
    );
    assert_eq!(assignment.slot_sizes, [20, 10]);
    assert_eq!(assignment.lower_bound, 30);
}

/// A case worked out by hand: what a ResNet's first block is to the planner. The first tensor is four times as
/// long as the others, of which three are then alive together: they fit into its place, but a slot of their own
/// each they would only have beside it.
#[test]
fn a_slot_is_shared() {
    let life = |first, last| Lifetime { first, last };
    let sizes = [1024, 256, 256, 256];
    let lives = [life(0, 1), life(1, 3), life(2, 3), life(3, 4)];
    let apart = assign(&sizes, &lives, Sharing::Nothing);
    assert_eq!(apart.slot_sizes, [1024, 256, 256]);
    let shared = assign(&sizes, &lives, Sharing::Slots(u64::MAX));
    assert_eq!(shared.slot_sizes, [1280]);
    assert_eq!(shared.lower_bound, 1280);
    let limited = assign(&sizes, &lives, Sharing::Slots(1024));
    assert_eq!(limited.slot_sizes, [1024, 256]);
}
