//! Which values of operands meet in which places of a result, where extents of 1 repeat.

use std::ops::Range;

use super::Dims;

/// How operands lie along a result. The innermost extents are taken together as far as each operand either has all of
/// them or repeats along all of them: along such a run an operand is a slice, or one value.
pub(crate) struct Lanes {
    /// Values of the result in a run.
    run: usize,
    /// Extents of the result outside of a run, outermost first.
    outer: Vec<usize>,
    operands: Vec<Lane>,
}

struct Lane {
    /// Whether it is one value along a run.
    repeats: bool,
    /// Values from one place to the next along each of the outer extents.
    strides: Vec<usize>,
    /// All its values.
    count: usize,
}

/// Places of a result that lie in one run.
pub(crate) struct Run {
    pub(crate) places: Range<usize>,
    /// Which run of the result it is, and which part of that.
    number: usize,
    inside: Range<usize>,
}

impl Lanes {
    /// Operands of these extents, which go together with those of the result (NumPy's rule).
    pub(crate) fn new(result: &Dims, operands: &[&Dims]) -> Self {
        let rank = result.rank();
        let extent = |dims: &Dims, axis: usize| match (axis + dims.rank()).checked_sub(rank) {
            Some(axis) => dims[axis],
            None => 1,
        };
        // The first axis of the run.
        let mut first = rank;
        while first > 0 {
            let axes = first - 1..rank;
            let fits = operands.iter().all(|dims| {
                let whole = axes.clone().all(|axis| extent(dims, axis) == result[axis]);
                whole || axes.clone().all(|axis| extent(dims, axis) == 1)
            });
            if !fits {
                break;
            }
            first -= 1;
        }
        let run: usize = result[first..].iter().product();
        let operands = operands.iter().map(|dims| {
            let inner: usize = (first..rank).map(|axis| extent(dims, axis)).product();
            let mut strides = vec![0; first];
            let mut stride = inner;
            for axis in (0..first).rev() {
                if extent(dims, axis) > 1 {
                    strides[axis] = stride;
                }
                stride *= extent(dims, axis);
            }
            Lane {
                repeats: inner == 1 && run > 1,
                strides,
                count: dims.count(),
            }
        });
        Self {
            run,
            outer: result[..first].to_vec(),
            operands: operands.collect(),
        }
    }

    /// The values of operand `index` that the places of `range` need.
    pub(crate) fn read(&self, index: usize, range: Range<usize>) -> Range<usize> {
        let lane = &self.operands[index];
        let mut needed = lane.count..0;
        for run in self.runs(range) {
            let values = lane.values(&run, &self.outer);
            needed = needed.start.min(values.start)..needed.end.max(values.end);
        }
        needed.start.min(needed.end)..needed.end
    }

    /// Which values of operand `index` a run reads: as many as it has places, or one for all.
    pub(crate) fn of(&self, index: usize, run: &Run) -> Range<usize> {
        self.operands[index].values(run, &self.outer)
    }

    /// The places of `range`, run by run; the first and the last may be parts of one.
    pub(crate) fn runs(&self, range: Range<usize>) -> impl Iterator<Item = Run> {
        let length = self.run;
        let numbers = range.start / length..range.end.div_ceil(length);
        numbers.map(move |number| {
            let begin = number * length;
            let places = begin.max(range.start)..(begin + length).min(range.end);
            Run {
                inside: places.start - begin..places.end - begin,
                number,
                places,
            }
        })
    }
}

impl Lane {
    /// Its values in a run of a result with so many outer extents.
    fn values(&self, run: &Run, outer: &[usize]) -> Range<usize> {
        let base = self.base(run.number, outer);
        match self.repeats {
            true => base..base + 1,
            false => base + run.inside.start..base + run.inside.end,
        }
    }

    /// Where run `number` begins in the operand.
    fn base(&self, mut number: usize, outer: &[usize]) -> usize {
        let mut base = 0;
        for (extent, stride) in outer.iter().zip(&self.strides).rev() {
            base += number % extent * stride;
            number /= extent;
        }
        base
    }
}
