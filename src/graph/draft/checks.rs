//! The invariants that each edit of a draft must keep: the order of nodes, and the types of results.

use super::Draft;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{NodeId, ValueId};
use crate::tensor::Type;

impl Draft {
    pub(super) fn check_earlier(&self, id: NodeId, value: ValueId) -> Result<()> {
        let known = self.graph.values.get(value.index());
        let earlier = known.is_some_and(|value| match value.node() {
            Some(node) => {
                self.alive[node.index()]
                    && self.positions[node.index()] < self.positions[id.index()]
            }
            None => true,
        });
        if earlier {
            return Ok(());
        }
        Err(shape_error(match known {
            Some(found) => format!(
                "{} can only read what is computed before it, found {}",
                self.node(id).name,
                found.name
            ),
            None => format!("there is no value {value}"),
        }))
    }

    pub(super) fn check_types(&self, id: NodeId, found: &[Type]) -> Result<()> {
        let results = self.node(id).results.iter();
        let expected: Vec<Type> = results.map(|&result| *self.graph.ty(result)).collect();
        if found == expected {
            return Ok(());
        }
        let listed = |types: &[Type]| {
            let types: Vec<String> = types.iter().map(Type::to_string).collect();
            types.join(", ")
        };
        Err(shape_error(format!(
            "the result must stay {}, found {}",
            listed(&expected),
            listed(found)
        )))
    }
}

pub(super) fn shape_error(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}
