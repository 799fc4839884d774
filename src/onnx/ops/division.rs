//! Quotients and remainders of integers, which our graph computes in f32. A device may round a quotient to either
//! neighbour, so the remainder corrects it. All are exact for integers of at most 2^24.

use crate::graph::{Combination, Function, Pointwise};

/// The parts of a division of `a` by `b`.
struct Division {
    /// An integer that is at most one from the quotient.
    near: Pointwise,
    /// What is left of `a`, from -b / 2 to b / 2.
    rest: Pointwise,
}

impl Division {
    fn new(a: &Pointwise, b: &Pointwise) -> Self {
        let near = a.over(b).unary(Function::Round);
        let rest = a.minus(&near.times(b));
        Self { near, rest }
    }

    /// 1 if the rest has the other sign than `number`, else 0.
    fn differs_from(&self, number: &Pointwise) -> Pointwise {
        let product = self
            .rest
            .unary(Function::Sign)
            .times(&number.unary(Function::Sign));
        product.binary(Combination::Less, &Pointwise::constant(0.0))
    }
}

/// `a / b`, rounded towards 0.
pub fn quotient(a: &Pointwise, b: &Pointwise) -> Pointwise {
    let division = Division::new(a, b);
    let excess = division
        .differs_from(a)
        .times(&division.near.unary(Function::Sign));
    division.near.minus(&excess)
}

/// What the division leaves, with the sign of `b`.
pub fn remainder(a: &Pointwise, b: &Pointwise) -> Pointwise {
    let division = Division::new(a, b);
    division.rest.plus(&division.differs_from(b).times(b))
}

/// What the division leaves, with the sign of `a`.
pub fn remainder_of_truncated(a: &Pointwise, b: &Pointwise) -> Pointwise {
    let division = Division::new(a, b);
    let size = b.unary(Function::Abs).times(&a.unary(Function::Sign));
    division.rest.plus(&division.differs_from(a).times(&size))
}
