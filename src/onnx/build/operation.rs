//! The record of an operation of ONNX.

use std::rc::Rc;

use super::builder::Builder;
use super::node::Node;
use super::value::Value;
use crate::onnx::array::Array;

/// An operation of the standard operator sets.
pub struct Operation {
    pub name: &'static str,
    /// The operator sets in which its definition changed, in order.
    pub since: &'static [i64],
    /// The attributes that are read. Any other one is refused.
    pub attributes: &'static [&'static str],
    /// Adds it to our graph.
    pub import: Import,
    /// Computes it on the host, if all inputs are constant.
    pub fold: Option<Fold>,
    /// Whether a large constant stays a part of our graph, and is computed when it is needed.
    pub is_lazy: bool,
}

pub type Import = fn(&mut Builder<'_>, &Node) -> Result<Vec<Value>, String>;
pub type Fold = fn(&Node, &[Option<Rc<Array>>]) -> Result<Vec<Array>, String>;

impl Operation {
    /// An operation that is computed on the host only, because exporters write it for shapes.
    pub const fn of_constants(name: &'static str, since: &'static [i64], fold: Fold) -> Self {
        Self {
            name,
            since,
            attributes: &[],
            import: depends_on_image,
            fold: Some(fold),
            is_lazy: false,
        }
    }

    /// An operation on images.
    pub const fn of_images(
        name: &'static str,
        since: &'static [i64],
        attributes: &'static [&'static str],
        import: Import,
    ) -> Self {
        Self {
            name,
            since,
            attributes,
            import,
            fold: None,
            is_lazy: false,
        }
    }

    /// An operation that is computed on the host for small constants, and by our graph for images and large ones.
    pub const fn lazy(
        name: &'static str,
        since: &'static [i64],
        attributes: &'static [&'static str],
        import: Import,
        fold: Fold,
    ) -> Self {
        Self {
            name,
            since,
            attributes,
            import,
            fold: Some(fold),
            is_lazy: true,
        }
    }

    pub const fn with_attributes(self, attributes: &'static [&'static str]) -> Self {
        Self { attributes, ..self }
    }
}

fn depends_on_image(_: &mut Builder<'_>, _: &Node) -> Result<Vec<Value>, String> {
    Err("it can only be computed from constants, found an input that depends on the image".into())
}
