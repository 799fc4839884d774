//! The parameters of an operation: the constants that are packed for its kernels.

use std::sync::Arc;

use super::read::Read;
use crate::graph::{BatchNorm, Constant, Node, Op};
use crate::tensor::Dims;

/// The constants that are packed for kernels of `node`, which has the inputs `reads`.
pub(super) fn packed_parameters(node: &Node, reads: &[Option<Read>]) -> Vec<Option<Arc<Constant>>> {
    let constant = |index: usize| reads.get(index)?.as_ref()?.constant.clone();
    match node.op() {
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::LayerNorm(_)
        | Op::GroupNorm(_) => {
            vec![constant(1), constant(2)]
        }
        Op::BatchNorm(norm) => {
            let scale = constant(4).map(|variance| scale(node.name(), norm, variance, constant(1)));
            vec![constant(3), scale, constant(2)]
        }
        Op::ConvPair(_) => (1..=4).map(constant).collect(),
        _ => Vec::new(),
    }
}

/// The factor of a batch normalisation: `gamma / sqrt(variance + epsilon)`.
fn scale(
    name: &str,
    norm: &BatchNorm,
    variance: Arc<Constant>,
    gamma: Option<Arc<Constant>>,
) -> Arc<Constant> {
    let dims: Dims = *variance.dims();
    let expression = norm.scale(gamma.is_some());
    let inputs: Vec<Option<Arc<Constant>>> = [Some(variance), gamma]
        .into_iter()
        .filter(Option::is_some)
        .collect();
    Arc::new(Constant::Computed {
        name: format!("{name}.scale").into(),
        op: Op::Pointwise(expression),
        inputs,
        dims,
    })
}
