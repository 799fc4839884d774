//! The operations of ONNX, one file for each family. The table has the versions and attributes of each.

mod activation;
mod cast;
mod clip;
mod comparison;
mod constant;
mod conv;
mod elementwise;
mod join;
mod layer_norm;
mod lp_pool;
mod matrix;
mod normalisation;
mod pad;
mod pool;
mod quantise;
mod reduce;
mod reshape;
mod resize;
mod rows;
mod sampling;
mod select;
mod shape;
mod slice;
mod softmax;
mod split;
mod window;

use std::rc::Rc;

use super::array::Array;
use super::file::is_standard;
use super::import::{Builder, Node, Value};

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

/// The operations of each family.
const FAMILIES: [&[Operation]; 23] = [
    activation::OPERATIONS,
    cast::OPERATIONS,
    clip::OPERATIONS,
    comparison::OPERATIONS,
    constant::OPERATIONS,
    conv::OPERATIONS,
    elementwise::OPERATIONS,
    join::OPERATIONS,
    layer_norm::OPERATIONS,
    lp_pool::OPERATIONS,
    matrix::OPERATIONS,
    normalisation::OPERATIONS,
    pad::OPERATIONS,
    pool::OPERATIONS,
    quantise::OPERATIONS,
    reduce::OPERATIONS,
    reshape::OPERATIONS,
    resize::OPERATIONS,
    select::OPERATIONS,
    shape::OPERATIONS,
    slice::OPERATIONS,
    softmax::OPERATIONS,
    split::OPERATIONS,
];

impl Operation {
    /// An operation that is computed on the host only, because exporters write it for shapes.
    const fn of_constants(name: &'static str, since: &'static [i64], fold: Fold) -> Self {
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
    const fn of_images(
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
    const fn lazy(
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

    const fn with_attributes(self, attributes: &'static [&'static str]) -> Self {
        Self { attributes, ..self }
    }
}

fn depends_on_image(_: &mut Builder<'_>, _: &Node) -> Result<Vec<Value>, String> {
    Err("it can only be computed from constants, found an input that depends on the image".into())
}

/// Returns all operations, in the order of families.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    FAMILIES.iter().copied().flatten()
}

/// Returns the operation `name` of `domain`, or `None` if it is not known.
pub fn find(domain: &str, name: &str) -> Option<&'static Operation> {
    all()
        .filter(|_| is_standard(domain))
        .find(|operation| operation.name == name)
}
