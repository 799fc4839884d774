//! Which inputs of an operation must be constants, and which must not.

use super::fusion::Fusion;
use super::site::Site;
use crate::graph::Op;

impl Site<'_> {
    /// The reason why no kernel with `fusion` computes the operation, or `None`: a parameter that is computed in each run,
    /// or a constant as an input that must be computed.
    pub(super) fn obstacle(&self, fusion: Fusion) -> Option<String> {
        let first_parameter = match self.op {
            Op::Conv2d(_)
            | Op::ConvTranspose2d(_)
            | Op::Linear(_)
            | Op::BatchNorm(_)
            | Op::ConvPair(_)
            | Op::LayerNorm(_)
            | Op::GroupNorm(_) => 1,
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
