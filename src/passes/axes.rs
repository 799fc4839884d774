//! Orders of axes, as transpositions have them.

use crate::graph::{Insertion, Name, Op, Source, Transpose};
use crate::tensor::Dims;

/// For each axis of the result, the axis of the input that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order(pub(super) Vec<usize>);

impl Order {
    pub(super) fn identity(rank: usize) -> Self {
        Self((0..rank).collect())
    }

    /// Returns the order in which `axis` is the first.
    pub(super) fn to_front(axis: usize, rank: usize) -> Self {
        let others = (0..rank).filter(|&other| other != axis);
        Self(std::iter::once(axis).chain(others).collect())
    }

    /// Returns the order of a transposition by this order and then by `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        Self(next.after(&self.0))
    }

    pub(super) fn inverse(&self) -> Self {
        Self(self.before(&Self::identity(self.0.len()).0))
    }

    /// Returns what is listed for each axis of the input, for each axis of the result.
    pub(super) fn after<T: Copy>(&self, of_input: &[T]) -> Vec<T> {
        self.0.iter().map(|&axis| of_input[axis]).collect()
    }

    /// Returns what is listed for each axis of the result, for each axis of the input.
    pub(super) fn before<T: Copy>(&self, of_result: &[T]) -> Vec<T> {
        let mut of_input = of_result.to_vec();
        for (&axis, &listed) in self.0.iter().zip(of_result) {
            of_input[axis] = listed;
        }
        of_input
    }

    /// Returns whether a transposition of `extents` keeps all values in their order: only axes of one value move.
    pub(super) fn moves_nothing(&self, extents: &[usize]) -> bool {
        let wide = self.0.iter().filter(|&&axis| extents[axis] > 1);
        wide.is_sorted()
    }

    /// Describes the transposition of `source`.
    pub(super) fn of(&self, name: impl Into<Name>, source: Source) -> Insertion {
        let axes = self.0.clone();
        let op = Op::Transpose(Transpose { axes });
        Insertion::new(name, op, vec![Some(source)])
    }
}

/// Returns the extents of a constant that broadcasts along values of `rank` axes without the image axis, with as many axes.
/// Returns `None` if it has different values for the images.
pub(super) fn aligned(dims: &Dims, rank: usize) -> Option<Vec<usize>> {
    let extents = match &dims[..] {
        [1, rest @ ..] if rest.len() == rank => rest,
        all if all.len() <= rank => all,
        _ => return None,
    };
    let missing = rank - extents.len();
    Some([vec![1; missing].as_slice(), extents].concat())
}
