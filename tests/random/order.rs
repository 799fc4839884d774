//! Random operations that change the extents or the order of axes, to values of other ranks too.

use menagerie::Result;
use menagerie::graph::{Op, Reshape, Transpose, ValueId};
use menagerie::tensor::{Dims, MAX_DIMS};

use crate::network::Builder;

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
                let factors =
                    (1..=extents[axis]).filter(|&factor| extents[axis].is_multiple_of(factor));
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
