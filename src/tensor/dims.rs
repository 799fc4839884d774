use std::fmt;
use std::ops::Deref;

use crate::error::{Error, ErrorKind, Result};

/// The most extents of a tensor.
pub const MAX_DIMS: usize = 8;

/// The upper limit, exclusive, of extents, attributes and their sums: shaders compute with 32-bit integers, some of
/// them signed.
pub const EXTENT_LIMIT: usize = 1 << 31;

/// The most values of a tensor for one image, so that products with a batch and with bytes fit into 64 bits.
const MAX_VALUES: u64 = 1 << 40;

/// The extents of a tensor, outermost first: at most eight, each at least 1. A scalar has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dims {
    rank: usize,
    /// Extents at and after `rank` are 1.
    extents: [usize; MAX_DIMS],
}

impl Dims {
    /// The dimensions of a scalar: no extents.
    pub const SCALAR: Self = Self {
        rank: 0,
        extents: [1; MAX_DIMS],
    };

    /// Creates dimensions with these `extents`, outermost first.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] for more than eight extents, for an extent that is 0 or not below 2^31, and for more than
    /// 2^40 values.
    ///
    /// ```
    /// use menagerie::tensor::Dims;
    ///
    /// let dims = Dims::new(&[64, 3, 7, 7])?;
    /// assert_eq!((dims.rank(), dims.count()), (4, 64 * 3 * 7 * 7));
    /// assert!(Dims::new(&[64, 0]).is_err());
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    pub fn new(extents: &[usize]) -> Result<Self> {
        let refused = |expected: &str| {
            Err(Error::new(
                ErrorKind::Shape,
                format!("expected {expected}, found {extents:?}"),
            ))
        };
        if extents.len() > MAX_DIMS {
            return refused("at most 8 dimensions");
        }
        if !extents
            .iter()
            .all(|extent| (1..EXTENT_LIMIT).contains(extent))
        {
            return refused("dimensions from 1 to below 2^31");
        }
        let count = extents
            .iter()
            .try_fold(1_usize, |count, &extent| count.checked_mul(extent));
        if count.is_none_or(|count| count as u64 > MAX_VALUES) {
            return refused("at most 2^40 values");
        }
        let mut dims = Self::SCALAR;
        dims.rank = extents.len();
        dims.extents[..extents.len()].copy_from_slice(extents);
        Ok(dims)
    }

    /// Returns the number of extents.
    pub const fn rank(&self) -> usize {
        self.rank
    }

    /// Returns the number of values.
    pub fn count(&self) -> usize {
        self.iter().product()
    }

    /// Returns the broadcast dimensions of both: an extent of 1 repeats along the other's extent, and missing
    /// leading extents count as 1. This is NumPy's rule
    /// (<https://numpy.org/doc/stable/user/basics.broadcasting.html>).
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if two extents differ and neither is 1.
    pub fn broadcast(&self, other: &Self) -> Result<Self> {
        let rank = self.rank.max(other.rank);
        let mut extents = [1; MAX_DIMS];
        for (axis, extent) in extents[..rank].iter_mut().enumerate() {
            let of = |dims: &Self| match (axis + dims.rank).checked_sub(rank) {
                Some(axis) => dims.extents[axis],
                None => 1,
            };
            *extent = match (of(self), of(other)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => {
                    return Err(Error::new(
                        ErrorKind::Shape,
                        format!("{self} and {other} do not broadcast"),
                    ));
                }
            };
        }
        Self::new(&extents[..rank])
    }
}

impl Deref for Dims {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.extents[..self.rank]
    }
}

impl fmt::Debug for Dims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// `[64, 3, 7, 7]`
impl fmt::Display for Dims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
