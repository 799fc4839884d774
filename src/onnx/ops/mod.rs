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

use super::build::Operation;
use super::file::is_standard;

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
