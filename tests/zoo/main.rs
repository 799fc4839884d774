//! The networks of the zoo: their parameters, the sizes that they take, and their published weights.

mod parameters;
mod published;
mod sizes;
