//! Random operations that change the extents or the order of axes, to values of other ranks too.

use menagerie::Result;
use menagerie::graph::{
    Expand, MatMul, Op, Reduce, Reduction, Reshape, Slice, SliceAxis, Transpose, ValueId,
};
use menagerie::tensor::{Dims, MAX_DIMS};

use crate::network::Builder;

/// The largest part that an axis is divided by. Looking for those of an odd extent of 2^31 would take seconds.
const LARGEST_FACTOR: usize = 1 << 12;

impl Builder<'_> {
    /// The same values with other extents: in another order, as one row, or with one axis more or less.
    pub fn reshape(&mut self, name: &str, x: ValueId) -> Result<Vec<ValueId>> {
        let mut extents = self.graph.ty(x).extents().to_vec();
        let last = extents.len().saturating_sub(1);
        match self.chance.between(0, 4) {
            0 => extents.reverse(),
            1 => extents = vec![1, extents.iter().product(), 1],
            2 if last > 0 => {
                let axis = self.chance.between(1, last);
                extents[axis - 1] *= extents.remove(axis);
            }
            _ if extents.len() < MAX_DIMS - 1 && !extents.is_empty() => {
                let axis = self.chance.between(0, last);
                let extent = extents[axis];
                let small = 1..=extent.min(LARGEST_FACTOR);
                let factors = small.filter(|&factor| extent.is_multiple_of(factor));
                let factor = self.chance.one_of(&factors.collect::<Vec<_>>());
                extents[axis] /= factor;
                extents.insert(axis, factor);
            }
            _ => {}
        }
        for extent in &mut extents {
            *extent = self.attribute(*extent);
        }
        let dims = Dims::new(&extents)?;
        self.graph
            .add(name, Op::Reshape(Reshape { dims }), vec![Some(x)])
    }

    /// Some of the values along each axis.
    pub fn slice(&mut self, name: &str, x: ValueId) -> Result<Vec<ValueId>> {
        let extents = self.graph.ty(x).extents().to_vec();
        let axes = extents.iter().map(|&extent| {
            let mut step = self.chance.one_of(&[1, 1, 2, -1, -2]);
            let begin = self.chance.between(0, extent - 1);
            let room = match step > 0 {
                true => extent - 1 - begin,
                false => begin,
            };
            if self.chance.once_in(2) {
                return SliceAxis::whole(extent);
            }
            if self.attribute(1) != 1 {
                step = isize::MIN;
            }
            SliceAxis {
                begin: self.attribute(begin),
                step,
                count: self.chance.between(1, 1 + room / step.unsigned_abs()),
            }
        });
        let axes = axes.collect();
        self.graph
            .add(name, Op::Slice(Slice { axes }), vec![Some(x)])
    }

    /// One value along an axis, repeated.
    pub fn expand(&mut self, name: &str, x: ValueId) -> Result<Vec<ValueId>> {
        let mut extents = self.graph.ty(x).extents().to_vec();
        for extent in &mut extents {
            if *extent == 1 {
                let wider = self.extent();
                *extent = self.attribute(wider);
            }
        }
        if extents.len() < 4 && self.chance.once_in(2) {
            extents.insert(0, self.chance.between(1, 3));
        }
        let dims = Dims::new(&extents)?;
        self.graph
            .add(name, Op::Expand(Expand { dims }), vec![Some(x)])
    }

    /// One value of many along some axes.
    pub fn reduce(&mut self, name: &str, x: ValueId) -> Result<Vec<ValueId>> {
        let axes = 0..self.graph.ty(x).extents().len();
        let axes: Vec<usize> = axes.filter(|_| self.chance.once_in(2)).collect();
        let axes = axes.into_iter().map(|axis| self.attribute(axis)).collect();
        let reduction = self.chance.one_of(&[
            Reduction::Sum,
            Reduction::Mean,
            Reduction::Max,
            Reduction::Min,
            Reduction::AbsoluteSum,
            Reduction::Norm,
        ]);
        let op = Op::Reduce(Reduce { reduction, axes });
        self.graph.add(name, op, vec![Some(x)])
    }

    /// The product of matrices with themselves transposed, or with another value.
    pub fn mat_mul(&mut self, name: &str, x: ValueId, other: ValueId) -> Result<Vec<ValueId>> {
        let mut axes: Vec<usize> = (0..self.graph.ty(x).extents().len()).collect();
        let other = match axes.as_mut_slice() {
            [.., a, b] if self.chance.once_in(2) => {
                std::mem::swap(a, b);
                let op = Op::Transpose(Transpose { axes });
                self.graph
                    .add(format!("{name}.turned"), op, vec![Some(x)])?[0]
            }
            _ => other,
        };
        self.graph
            .add(name, Op::MatMul(MatMul), vec![Some(x), Some(other)])
    }

    /// The axes in any order. The result is often transposed or reshaped again.
    pub fn transpose(&mut self, name: &str, x: ValueId) -> Result<Vec<ValueId>> {
        let mut axes: Vec<usize> = (0..self.graph.ty(x).extents().len()).collect();
        for end in (1..axes.len()).rev() {
            let other = self.chance.between(0, end);
            axes.swap(end, other);
        }
        for axis in &mut axes {
            *axis = self.attribute(*axis);
        }
        let op = Op::Transpose(Transpose { axes });
        let results = self.graph.add(name, op, vec![Some(x)])?;
        match self.chance.between(0, 2) {
            0 => self.reshape(&format!("{name}.reshape"), results[0]),
            1 => self.transpose(&format!("{name}.again"), results[0]),
            _ => Ok(results),
        }
    }
}
