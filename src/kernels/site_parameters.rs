//! The parameters of a site: which of its inputs must be constants, and which constants are packed for its kernels.

use std::sync::Arc;

use super::fusion::Fusion;
use super::site::{Read, Site};
use crate::graph::{BatchNorm, Constant, Node, Op};
use crate::tensor::Dims;

impl Site<'_> {
    /// The reason why no kernel with `fusion` computes the operation, or `None`: a parameter that is computed in each run,
    /// or a constant as an input that must be computed.
    pub(super) fn obstacle(&self, fusion: Fusion) -> Option<String> {
        let first_parameter = match self.op {
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) | Op::BatchNorm(_) => 1,
            _ => self.reads.len(),
        };
        let reads = self.reads.iter().enumerate();
        let mut wrong = reads.filter_map(|(index, read)| {
            let read = read.as_ref()?;
            let is_parameter = index >= first_parameter;
            (read.constant.is_some() != is_parameter).then_some(read)
        });
        let read = wrong.find(|read| fusion != Fusion::Whole || read.constant.is_none())?;
        let ty = read.ty;
        Some(match read.constant {
            Some(_) => {
                format!("needs inputs that are computed in each run, found the constant {ty}")
            }
            None => format!("needs parameters that are constant, found {ty}, computed in each run"),
        })
    }
}

/// The constants that are packed for kernels of `node`, which has the inputs `reads`.
pub(super) fn parameters(node: &Node, reads: &[Option<Read>]) -> Vec<Option<Arc<Constant>>> {
    let constant = |index: usize| reads.get(index)?.as_ref()?.constant.clone();
    match node.op() {
        Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) => vec![constant(1), constant(2)],
        Op::BatchNorm(norm) => {
            let scale = constant(4).map(|variance| scale(node.name(), norm, variance, constant(1)));
            vec![constant(3), scale, constant(2)]
        }
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
