//! What operations are imported with: the node and its values, the builder of our graph, and the record of an operation.

mod budget;
mod builder;
mod constants;
mod evaluate;
mod node;
mod operation;
mod value;

pub use builder::Builder;
pub use node::{Node, axis};
pub use operation::{Fold, Import, Operation};
pub use value::{Computed, Value};
