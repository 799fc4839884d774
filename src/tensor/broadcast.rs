//! Broadcasting: which values of the operands belong to which values of a result.

use std::ops::Range;

use super::Dims;

/// The memory layout of operands along a result. The innermost extents form a run, as long as each operand either
/// has all of them or repeats along all of them. In a run, an operand is therefore a slice or one value.
pub(crate) struct Broadcast {
    /// Number of result values in a run.
    run: usize,
    /// Extents of the result outside of a run, outermost first.
    outer: Vec<usize>,
    operands: Vec<Operand>,
}

struct Operand {
    /// Whether the operand is one value along a run.
    repeats: bool,
    /// Strides of the operand along the outer extents, in values.
    strides: Vec<usize>,
    /// Number of values.
    count: usize,
}

/// Values of a result that lie in one run.
pub(crate) struct Run {
    pub(crate) places: Range<usize>,
    /// The index of the run, and the range inside of it.
    number: usize,
    inside: Range<usize>,
}

impl Broadcast {
    /// Creates the layout of operands with these extents. They must broadcast to `result` (NumPy's rule).
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
            Operand {
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

    /// Returns the range of operand `index` that the result values in `range` need.
    pub(crate) fn read(&self, index: usize, range: Range<usize>) -> Range<usize> {
        let operand = &self.operands[index];
        let mut needed = operand.count..0;
        for run in self.runs(range) {
            let values = operand.values(&run, &self.outer);
            needed = needed.start.min(values.start)..needed.end.max(values.end);
        }
        needed.start.min(needed.end)..needed.end
    }

    /// Returns the range of operand `index` that a run reads: as many values as the run has, or one for all.
    pub(crate) fn of(&self, index: usize, run: &Run) -> Range<usize> {
        self.operands[index].values(run, &self.outer)
    }

    /// Splits `range` into runs. The first and the last may be incomplete.
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

impl Operand {
    /// Returns the operand's range for a run of a result with these outer extents.
    fn values(&self, run: &Run, outer: &[usize]) -> Range<usize> {
        let base = self.base(run.number, outer);
        match self.repeats {
            true => base..base + 1,
            false => base + run.inside.start..base + run.inside.end,
        }
    }

    /// Returns the begin of run `number` in the operand.
    fn base(&self, mut number: usize, outer: &[usize]) -> usize {
        let mut base = 0;
        for (extent, stride) in outer.iter().zip(&self.strides).rev() {
            base += number % extent * stride;
            number /= extent;
        }
        base
    }
}
