//! Which kernel computes a layer that several can: convolutions and linear layers, the one of which is the
//! other wherever there is only one pixel.

use super::{Planning, Tuning};
use crate::device::{DeviceKind, DeviceProfile};
use crate::graph::{Conv2d, Op, Shape};
use crate::kernels::{
    Kernel, conv, conv_split_k, conv_subgroup, conv_tiled, depthwise, depthwise_3x3, linear,
    matrix_conv,
};

/// A kernel that computes convolutions or linear layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after its kernel")]
pub enum Variant {
    ConvSubgroup,
    ConvTiled,
    ConvSplitK,
    Conv,
    Depthwise,
    Depthwise3x3,
    Linear,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Variant::ConvSubgroup,
        Variant::ConvTiled,
        Variant::ConvSplitK,
        Variant::Conv,
        Variant::Depthwise,
        Variant::Depthwise3x3,
        Variant::Linear,
    ];

    /// Its kernel.
    pub fn kernel(self) -> &'static Kernel {
        match self {
            Variant::ConvSubgroup => &conv_subgroup::KERNEL,
            Variant::ConvTiled => &conv_tiled::KERNEL,
            Variant::ConvSplitK => &conv_split_k::KERNEL,
            Variant::Conv => &conv::KERNEL,
            Variant::Depthwise => &depthwise::KERNEL,
            Variant::Depthwise3x3 => &depthwise_3x3::KERNEL,
            Variant::Linear => &linear::KERNEL,
        }
    }

    /// The rule of the kernel that `op` of `inputs` breaks on such a device; none where the kernel can
    /// compute it.
    pub fn refusal(self, op: &Op, inputs: &[Shape], profile: &DeviceProfile) -> Option<String> {
        let (Some(op), Some(&input)) = (as_convolution(op), inputs.first()) else {
            return Some(format!("computes no {}", op.kind()));
        };
        match self {
            Variant::ConvSubgroup => conv_subgroup::refusal(profile)
                .or_else(|| matrix_conv::refusal(&op, profile.max_texels())),
            Variant::ConvSplitK => conv_split_k::refusal(profile)
                .or_else(|| matrix_conv::refusal(&op, profile.max_texels())),
            Variant::ConvTiled | Variant::Conv => matrix_conv::refusal(&op, profile.max_texels()),
            Variant::Depthwise => depthwise::refusal(&op),
            Variant::Depthwise3x3 => depthwise_3x3::refusal(&op),
            Variant::Linear => linear::refusal(&op, input, inputs.len() > 1),
        }
    }

    /// The kernel that is chosen for `op` of `inputs` on such a device where nothing was tried; none for operations
    /// that have only one.
    pub fn untried(
        op: &Op,
        inputs: &[Shape],
        batch: usize,
        profile: &DeviceProfile,
    ) -> Option<Self> {
        if let Op::Conv2d(op) = op
            && op.is_depthwise()
        {
            return Some(match depthwise_3x3::refusal(op) {
                None => Variant::Depthwise3x3,
                Some(_) => Variant::Depthwise,
            });
        }
        let convolution = as_convolution(op)?;
        if conv_subgroup::suits(profile) {
            return Some(Variant::ConvSubgroup);
        }
        match profile.kind {
            DeviceKind::Gpu => {
                let [height, width] = convolution.window.output(*inputs.first()?).ok()?;
                let extents = matrix_conv::extents(&convolution, batch * height * width);
                let runs = conv_split_k::refusal(profile).is_none();
                match runs && conv_split_k::suits(&extents) {
                    true => Some(Variant::ConvSplitK),
                    false => Some(Variant::ConvTiled),
                }
            }
            DeviceKind::Software => match op {
                Op::Linear(_) => Some(Variant::Linear),
                _ => Some(Variant::Conv),
            },
        }
    }

    /// The kernel for `op` of `inputs`: the one that was fastest when it was tried, where it can compute it,
    /// or else the one that is chosen untried.
    pub(super) fn choose(
        op: &Op,
        inputs: &[Shape],
        profile: &DeviceProfile,
        planning: &Planning,
    ) -> Option<Self> {
        let batch = planning.batch;
        let untried = Self::untried(op, inputs, batch, profile)?;
        let tried = || {
            let key = Tuning::key(op, *inputs.first()?, batch, profile.storage);
            let name = planning.tuning.winner(&key)?;
            Self::ALL.into_iter().find(|variant| {
                variant.kernel().name == name && variant.refusal(op, inputs, profile).is_none()
            })
        };
        Some(tried().unwrap_or(untried))
    }
}

fn as_convolution(op: &Op) -> Option<Conv2d> {
    match op {
        Op::Conv2d(op) => Some(*op),
        Op::Linear(op) => Some(op.as_convolution()),
        _ => None,
    }
}
