//! Kernels that are declared by data: a shader from elsewhere, with the record that the host needs to run it. They are for
//! comparisons. A plan uses one only if it is told to ([`Planning::candidate`](crate::program::Planning::candidate)).

mod declaration;
mod formula;
mod json;
mod rules;

pub use declaration::Declaration;
pub(super) use rules::Rules;
