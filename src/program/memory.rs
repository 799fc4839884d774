//! The memory planner: it assigns tensors to slots by liveness.

use std::cmp::Reverse;

use crate::device::{DeviceProfile, Storage};
use crate::kernels::{Format, Place};

/// Alignment of tensors in a slot, in bytes. Every WebGPU implementation supports this alignment for the offset of
/// a binding.
pub const ALIGNMENT: u64 = 256;

/// The lifetime of a tensor in steps, from the first write to the last read, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// The step of the first write.
    pub first: usize,
    /// The step of the last read.
    pub last: usize,
}

impl Lifetime {
    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// What tensors that are alive at the same step may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing: no step reads and writes the same slot.
    Nothing,
    /// A slot, in disjoint ranges, if sharing does not make the slot longer than this number of bytes.
    Slots(u64),
}

impl Sharing {
    /// Returns what tensors of `format` in `storage` may share on a device. In buffers, the format makes no difference.
    pub(super) fn on(profile: &DeviceProfile, storage: Storage, format: Format) -> Self {
        match profile.shared_slots {
            true => Self::Slots(match storage {
                Storage::Buffer => profile.max_buffer_bytes,
                Storage::Texture => format.bytes(profile.max_quads()),
            }),
            false => Self::Nothing,
        }
    }
}

/// The places of a set of tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The place of each tensor.
    pub places: Vec<Place>,
    /// The size of each slot in bytes.
    pub slot_sizes: Vec<u64>,
    /// The largest sum of bytes alive at one step. No assignment takes less.
    pub lower_bound: u64,
}

impl Assignment {
    /// Returns the bytes of all slots.
    pub fn total(&self) -> u64 {
        self.slot_sizes.iter().sum()
    }
}

/// Assigns a place to each tensor such that tensors that are alive at the same step do not overlap. `sizes` are in
/// bytes. The inputs and the output of a step are all alive during it.
///
/// Tries several orders of placement, stops if one reaches the lower bound, and otherwise keeps the one that takes
/// the fewest bytes. The orders are: largest tensor first; tensors of the step with the most bytes alive first
/// (Pisarchyk and Lee 2020, arXiv:2001.03288); both again with the longest lifetime first among equals; and
/// earliest first, which is best for chains: with the next free place, and with the two ends of a slot, where the tensors of
/// a chain alternate.
pub fn assign(sizes: &[u64], lifetimes: &[Lifetime], sharing: Sharing) -> Assignment {
    let alive = alive(sizes, lifetimes);
    let lower_bound = alive.iter().copied().max().unwrap_or(0);
    let size = |tensor: usize| Reverse(sizes[tensor]);
    let first = |tensor: usize| lifetimes[tensor].first;
    let length = |tensor: usize| Reverse(lifetimes[tensor].last - lifetimes[tensor].first);
    let most = |tensor: usize| {
        let life = lifetimes[tensor];
        Reverse(alive[life.first..=life.last].iter().copied().max())
    };
    let orders: [Order<'_>; 5] = [
        &|order| order.sort_by_key(|&tensor| (size(tensor), first(tensor))),
        &|order| order.sort_by_key(|&tensor| (size(tensor), length(tensor))),
        &|order| order.sort_by_cached_key(|&tensor| (most(tensor), size(tensor), first(tensor))),
        &|order| order.sort_by_cached_key(|&tensor| (most(tensor), size(tensor), length(tensor))),
        &|order| order.sort_by_key(|&tensor| (first(tensor), size(tensor))),
    ];
    let [.., earliest] = orders;
    let mut attempts: Vec<_> = orders.map(|order| (order, Slots::default())).into();
    if let Sharing::Slots(longest) = sharing
        && lower_bound <= longest
    {
        attempts.push((earliest, Slots::between_ends(lower_bound)));
    }
    let mut best: Option<Slots> = None;
    for (sort, mut slots) in attempts {
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        sort(&mut order);
        for tensor in order {
            slots.place(tensor, sizes[tensor], lifetimes[tensor], sharing);
        }
        let total = slots.total();
        if best.as_ref().is_none_or(|best| total < best.total()) {
            best = Some(slots);
        }
        if total <= lower_bound {
            break;
        }
    }
    let best = best.unwrap_or_default();
    Assignment {
        places: best.places(sizes),
        slot_sizes: best.sizes,
        lower_bound,
    }
}

/// Sorts tensors into an order of placement.
type Order<'a> = &'a dyn Fn(&mut [usize]);

/// Slots during the assignment.
#[derive(Default)]
struct Slots {
    sizes: Vec<u64>,
    tensors: Vec<Vec<Placed>>,
    /// The end of the first slot, if tensors are placed at its ends.
    end: Option<u64>,
}

/// A tensor in a slot.
struct Placed {
    tensor: usize,
    begin: u64,
    end: u64,
    life: Lifetime,
}

impl Slots {
    /// One slot that ends at `end`, at whose ends tensors are placed where they fit.
    fn between_ends(end: u64) -> Self {
        Self {
            sizes: vec![end],
            tensors: vec![Vec::new()],
            end: Some(end),
        }
    }

    fn total(&self) -> u64 {
        self.sizes.iter().sum()
    }

    fn places(&self, sizes: &[u64]) -> Vec<Place> {
        let unplaced = Place {
            slot: 0,
            begin: 0,
            length: 0,
        };
        let mut places = vec![unplaced; sizes.len()];
        for (slot, tensors) in self.tensors.iter().enumerate() {
            for placed in tensors {
                places[placed.tensor] = Place {
                    slot,
                    begin: placed.begin,
                    length: sizes[placed.tensor],
                };
            }
        }
        places
    }

    /// Places a tensor where its slot grows least. Among such places it takes one at the ends of the slot, if tensors are placed
    /// there, and then the one that leaves the fewest bytes unused.
    fn place(&mut self, tensor: usize, size: u64, life: Lifetime, sharing: Sharing) {
        let mut best = (size, true, 0, self.sizes.len(), 0);
        for (slot, &length) in self.sizes.iter().enumerate() {
            let mut alive: Vec<&Placed> = (self.tensors[slot].iter())
                .filter(|other| other.life.overlaps(life))
                .collect();
            match sharing {
                Sharing::Nothing if alive.is_empty() => {
                    let growth = size.saturating_sub(length);
                    best = best.min((growth, true, length, slot, 0));
                }
                Sharing::Nothing => {}
                Sharing::Slots(longest) => {
                    alive.sort_by_key(|other| other.begin);
                    let last = self.end.filter(|_| slot == 0);
                    for (begin, end) in gaps(&alive) {
                        let room = end.unwrap_or(length).saturating_sub(begin);
                        let mut consider = |begin: u64, is_between: bool| {
                            let growth = match end {
                                Some(end) if begin + size > end => return,
                                Some(_) => 0,
                                None => (begin + size).saturating_sub(length),
                            };
                            if begin + size <= longest {
                                best = best.min((growth, is_between, room, slot, begin));
                            }
                        };
                        consider(begin, last.is_none() || begin > 0);
                        if let (Some(last), None) = (last, end) {
                            let flush = last.saturating_sub(size) / ALIGNMENT * ALIGNMENT;
                            if flush >= begin {
                                consider(flush, false);
                            }
                        }
                    }
                }
            }
        }
        let (growth, _, _, slot, begin) = best;
        if slot == self.sizes.len() {
            self.sizes.push(0);
            self.tensors.push(Vec::new());
        }
        self.sizes[slot] += growth;
        self.tensors[slot].push(Placed {
            tensor,
            begin,
            end: begin + size,
            life,
        });
    }
}

/// Returns the gaps before, between and after the tensors `alive`, which are sorted by their begin: the begin and
/// the end of each gap. The last gap has no end.
fn gaps(alive: &[&Placed]) -> Vec<(u64, Option<u64>)> {
    let mut gaps = Vec::new();
    let mut begin = 0;
    for other in alive {
        if begin < other.begin {
            gaps.push((begin, Some(other.begin)));
        }
        begin = begin.max(other.end.next_multiple_of(ALIGNMENT));
    }
    gaps.push((begin, None));
    gaps
}

/// Returns the sum of sizes alive at each step.
fn alive(sizes: &[u64], lifetimes: &[Lifetime]) -> Vec<u64> {
    let steps = lifetimes.iter().map(|life| life.last + 1).max();
    let mut alive = vec![0; steps.unwrap_or(0)];
    for (&size, life) in sizes.iter().zip(lifetimes) {
        for sum in &mut alive[life.first..=life.last] {
            *sum += size;
        }
    }
    alive
}
