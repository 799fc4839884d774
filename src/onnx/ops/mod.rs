//! The operations of ONNX, one file for each family. The table has the versions and attributes of each.

mod activation;
mod attention;
mod cast;
mod clip;
mod columns;
mod comparison;
mod composed;
mod constant;
mod conv;
mod cumulative;
mod division;
mod einsum;
mod elementwise;
mod extreme_index;
mod host_only;
mod integer;
mod join;
mod layer_norm;
mod lp_pool;
mod matrix;
mod normalisation;
mod onnx_runtime;
mod optimised;
mod pad;
mod pool;
mod quantise;
mod recurrent;
mod recurrent_cell;
mod reduce;
mod reshape;
mod resize;
mod rows;
mod sampling;
mod scatter;
mod select;
mod shape;
mod slice;
mod softmax;
mod split;
mod stacked;
mod top_k;
mod unit_length;
mod volume_pool;
mod window;

use super::build::Operation;
use super::file::is_standard;
pub use onnx_runtime::why_unknown;

/// The operations of each family.
const FAMILIES: [&[Operation]; 34] = [
    activation::OPERATIONS,
    attention::OPERATIONS,
    cast::OPERATIONS,
    clip::OPERATIONS,
    columns::OPERATIONS,
    comparison::OPERATIONS,
    constant::OPERATIONS,
    conv::OPERATIONS,
    cumulative::OPERATIONS,
    einsum::OPERATIONS,
    elementwise::OPERATIONS,
    extreme_index::OPERATIONS,
    host_only::OPERATIONS,
    integer::OPERATIONS,
    join::OPERATIONS,
    layer_norm::OPERATIONS,
    lp_pool::OPERATIONS,
    matrix::OPERATIONS,
    normalisation::OPERATIONS,
    pad::OPERATIONS,
    pool::OPERATIONS,
    quantise::OPERATIONS,
    recurrent::OPERATIONS,
    reduce::OPERATIONS,
    reshape::OPERATIONS,
    resize::OPERATIONS,
    scatter::OPERATIONS,
    select::OPERATIONS,
    shape::OPERATIONS,
    slice::OPERATIONS,
    softmax::OPERATIONS,
    split::OPERATIONS,
    top_k::OPERATIONS,
    unit_length::OPERATIONS,
];

/// Returns all standard operations, in the order of families.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    FAMILIES.iter().copied().flatten()
}

/// Returns the operation `name` of `domain` in a standard operator set, or `None` if it is not known.
pub fn find(domain: &str, name: &str, opset: i64) -> Option<&'static Operation> {
    let found = |operation: &&Operation| operation.name == name;
    if domain == onnx_runtime::DOMAIN {
        let mut own = onnx_runtime::OPERATIONS.iter().chain(optimised::OPERATIONS);
        return own.find(found);
    }
    if !is_standard(domain) {
        return None;
    }
    let standard = all().find(found);
    let standard = standard.filter(|operation| opset >= operation.since[0]);
    standard.or_else(|| optimised::OF_STANDARD_DOMAIN.iter().find(found))
}
