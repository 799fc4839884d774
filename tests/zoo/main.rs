//! The networks of the zoo: their parameters, summaries, the sizes that they take, and their published weights.

mod parameters;
mod published;
mod sizes;
mod summaries;
