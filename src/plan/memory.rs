//! The memory planner: which tensors can share a slot.

use std::cmp::Reverse;

/// The time from a tensor's first write to its last read, in steps, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Step that writes it first.
    pub first: usize,
    /// Step that reads it last.
    pub last: usize,
}

impl Lifetime {
    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Slots for a set of tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Slot of each tensor.
    pub slot_of: Vec<usize>,
    /// Size of each slot, in the tensors' unit.
    pub slot_sizes: Vec<usize>,
    /// The largest sum of sizes alive at one step: no assignment can take less.
    pub lower_bound: usize,
}

impl Assignment {
    /// Size of all slots together.
    pub fn total(&self) -> usize {
        self.slot_sizes.iter().sum()
    }
}

/// Gives each tensor a slot such that tensors alive at the same step never share one. A step's inputs
/// and output are all alive during it, so no step reads and writes one slot.
///
/// Two orders are tried, and the one that takes less is kept: the largest tensors first (Pisarchyk and
/// Lee 2020, arXiv:2001.03288), best for networks with many branches, and the earliest first, best for
/// chains, whose tensors alternate between two slots.
pub fn assign(sizes: &[usize], lifetimes: &[Lifetime]) -> Assignment {
    let by_size = |tensor: &usize| (Reverse(sizes[*tensor]), lifetimes[*tensor].first);
    let by_time = |tensor: &usize| (lifetimes[*tensor].first, Reverse(sizes[*tensor]));
    let mut largest_first: Vec<usize> = (0..sizes.len()).collect();
    largest_first.sort_by_key(by_size);
    let mut earliest_first = largest_first.clone();
    earliest_first.sort_by_key(by_time);
    let largest_first = assign_in(&largest_first, sizes, lifetimes);
    let earliest_first = assign_in(&earliest_first, sizes, lifetimes);
    if earliest_first.total() < largest_first.total() {
        earliest_first
    } else {
        largest_first
    }
}

/// Each tensor in turn takes, of the slots that are free for all its life, the smallest that is large
/// enough, else the largest, which grows.
fn assign_in(order: &[usize], sizes: &[usize], lifetimes: &[Lifetime]) -> Assignment {
    let mut slot_of = vec![0; sizes.len()];
    let mut slot_sizes: Vec<usize> = Vec::new();
    let mut residents: Vec<Vec<Lifetime>> = Vec::new();
    for &tensor in order {
        let (size, life) = (sizes[tensor], lifetimes[tensor]);
        let free = (0..slot_sizes.len())
            .filter(|&slot| !residents[slot].iter().any(|other| other.overlaps(life)))
            .min_by_key(|&slot| {
                let growth = size.saturating_sub(slot_sizes[slot]);
                (growth, slot_sizes[slot])
            });
        let slot = free.unwrap_or_else(|| {
            slot_sizes.push(0);
            residents.push(Vec::new());
            slot_sizes.len() - 1
        });
        slot_sizes[slot] = slot_sizes[slot].max(size);
        residents[slot].push(life);
        slot_of[tensor] = slot;
    }
    Assignment {
        slot_of,
        slot_sizes,
        lower_bound: lower_bound(sizes, lifetimes),
    }
}

fn lower_bound(sizes: &[usize], lifetimes: &[Lifetime]) -> usize {
    let steps = lifetimes.iter().map(|life| life.last + 1).max();
    let mut change = vec![0_isize; steps.unwrap_or(0) + 1];
    for (&size, life) in sizes.iter().zip(lifetimes) {
        change[life.first] += size as isize;
        change[life.last + 1] -= size as isize;
    }
    let mut alive = 0;
    let mut most = 0;
    for step in change {
        alive += step;
        most = most.max(alive);
    }
    most as usize
}
