//! How the expressions around a node of a graph are fused into a kernel: what the pipeline is compiled with, and where
//! the operands of the expressions come from.

use std::sync::Arc;

use super::expression;
use super::fused_between;
use super::fused_epilogue::{FusedEpilogue, OperandKind};
use super::fused_prologue::{FusedPrologue, PrologueOperand};
use super::fusion::Fusion;
use super::read::Read;
use super::reason::Reason;
use super::site::Site;
use super::{Fused, Kernel};
use crate::graph::{Constant, MOST_OPERANDS, Op, Pointwise, Transpose, ValueId};
use crate::tensor::{Dims, Layout, Repetition, Type};

/// How the expressions around an operation are fused into a kernel.
pub(crate) struct FusionPlan {
    /// The expressions that the pipeline is compiled with.
    pub fused: Fused,
    /// The inputs that the kernel itself reads, as indices into the inputs of the site.
    pub own: Vec<usize>,
    /// Source of each tensor that only the expressions read.
    pub sources: Vec<Source>,
}

/// Where a tensor that only fused expressions read comes from.
pub(crate) enum Source {
    /// An input of the site, by index.
    Input(usize),
    /// A constant with one value for each channel of the result.
    Constant(Arc<Constant>),
    /// A constant with one value for each value of the result for one image: channels, then pixels, both in the order of
    /// memory.
    Image(Arc<Constant>),
    /// All constants of the prologue. Each has one value for each channel of the first input.
    Prologue(Vec<Arc<Constant>>),
}

/// The epilogue, the inputs that the kernel itself reads, and the sources of the other operands.
type EpilogueParts = (Option<Arc<FusedEpilogue>>, Vec<usize>, Vec<Source>);

impl Site<'_> {
    /// Plans which expressions a pipeline of `kernel` is compiled with. A clamp is data and needs no epilogue; the same
    /// is true of a sum and a clamp if the kernel takes a residual.
    ///
    /// # Errors
    /// The reason why the kernel cannot compute the expressions.
    pub(super) fn fusion_plan(&self, kernel: &Kernel) -> Result<FusionPlan, Reason> {
        let (epilogue, own, mut sources) = self.fused_epilogue(kernel)?;
        let prologue = match self.pre.is_identity() {
            true => None,
            false => {
                let (prologue, further) = self.fused_prologue(kernel)?;
                sources.extend(further);
                Some(Arc::new(prologue))
            }
        };
        Ok(FusionPlan {
            fused: Fused {
                prologue,
                between: fused_between::planned(self)?.map(Arc::new),
                epilogue,
            },
            own,
            sources,
        })
    }

    /// The prologue and the sources of its operands: tensors, then all constants.
    fn fused_prologue(&self, kernel: &Kernel) -> Result<(FusedPrologue, Vec<Source>), Reason> {
        if !kernel.prologue {
            let reason = format!("computes nothing in front of it, found {}", self.pre);
            return Err(Reason::new(reason));
        }
        if let Some(reason) = expression::refusal(&self.pre) {
            return Err(Reason::new(reason));
        }
        let input = self.reads.first().and_then(Option::as_ref);
        let (mut operands, mut sources, mut constants) = (Vec::new(), Vec::new(), Vec::new());
        for read in &self.pre_operands {
            let ty = input.map(|input| &input.ty);
            let repetition = ty.and_then(|ty| read.ty.repetition_in(ty));
            let constant = ty.and_then(|ty| per_channel(read, ty, self.in_channels()));
            operands.push(match (constant, repetition) {
                (Some(constant), _) => {
                    constants.push(constant);
                    PrologueOperand::Channels
                }
                (None, Some(Repetition::Pixels)) => {
                    sources.push(Source::Input(read.input));
                    PrologueOperand::Image
                }
                _ => {
                    return Err(Reason::new(format!(
                        "reads operands with a value for each channel of {} in front of it, found {}",
                        self.input(),
                        read.ty
                    )));
                }
            });
        }
        if !constants.is_empty() {
            sources.push(Source::Prologue(constants));
        }
        let expression = self.pre.clone();
        Ok((
            FusedPrologue {
                expression,
                operands,
            },
            sources,
        ))
    }

    /// The epilogue, the inputs that the kernel itself reads, and the sources of the epilogue's operands.
    fn fused_epilogue(&self, kernel: &Kernel) -> Result<EpilogueParts, Reason> {
        let fusion = kernel.fusion;
        let (expression, operands) = match (fusion, self.op.as_pointwise()) {
            (Fusion::Whole, Some(op)) => {
                let reads = self.reads.iter().flatten().chain(&self.operands);
                (op.then(&self.post), reads.collect::<Vec<&Read>>())
            }
            // Operand 0 is the result of the operation.
            _ => (self.post.clone(), self.operands.iter().collect()),
        };
        let takes_residual =
            fusion == Fusion::Epilogue && kernel.binds("residual") && self.has_residual();
        let is_data = expression
            .as_epilogue()
            .is_some_and(|epilogue| !epilogue.residual || takes_residual);
        if is_data {
            let own = (0..self.inputs.len()).filter(|&index| !self.is_before(index));
            return Ok((None, own.collect(), Vec::new()));
        }
        if fusion == Fusion::None {
            let reason = format!("computes nothing behind it, found {}", self.post);
            return Err(Reason::new(reason));
        }
        if let Some(reason) = expression::refusal(&expression) {
            return Err(Reason::new(reason));
        }
        match fusion == Fusion::Whole && self.op.as_pointwise().is_some() {
            true => self.whole(&expression, &operands),
            false => {
                let further = self.pre_operands.iter().chain(&self.operands);
                let computed = further.filter(|read| read.constant.is_none());
                let own = (0..self.inputs.len() - computed.count()).collect();
                let further = operands.iter().map(|read| Some(*read));
                let reads: Vec<Option<&Read>> = [None].into_iter().chain(further).collect();
                self.placed(&expression, &reads, own)
            }
        }
    }

    /// The parts of an operation that is an expression of `operands` as a whole. The kernel itself reads an operand
    /// that has the type of the result.
    fn whole(&self, expression: &Pointwise, operands: &[&Read]) -> Result<EpilogueParts, Reason> {
        let result = self.results[0];
        let is_whole = |read: &&Read| read.constant.is_none() && read.ty == result;
        let Some(first) = operands.iter().position(is_whole) else {
            let reason = format!("needs an operand of {result}, found none in {expression}");
            return Err(Reason::new(reason));
        };
        // The kernel's input becomes operand 0.
        let swapped = |index: usize| match index {
            0 => first,
            index if index == first => 0,
            index => index,
        };
        let expression = expression.renumbered(swapped);
        let own = vec![operands[first].input];
        let reads = (0..operands.len()).map(|index| Some(operands[swapped(index)]));
        self.placed(&expression, &reads.collect::<Vec<_>>(), own)
    }

    /// The parts of `expression` with the operands `reads`, where `None` is the result of the operation. A value that is
    /// read several times becomes one operand.
    fn placed(
        &self,
        expression: &Pointwise,
        reads: &[Option<&Read>],
        own: Vec<usize>,
    ) -> Result<EpilogueParts, Reason> {
        let mut places = vec![0; reads.len()];
        let mut kinds = Vec::new();
        let mut sources: Vec<Source> = Vec::new();
        let mut known: Vec<Option<ValueId>> = vec![reads[0].map(|read| read.value)];
        for (index, read) in reads.iter().enumerate().skip(1) {
            let Some(read) = read else { continue };
            if let Some(place) = known.iter().position(|value| *value == Some(read.value)) {
                places[index] = place;
                continue;
            }
            places[index] = known.len();
            known.push(Some(read.value));
            let (kind, source) = self.source(read)?;
            kinds.push(kind);
            sources.push(source);
        }
        if kinds.len() > MOST_OPERANDS {
            let reason = format!(
                "reads at most {MOST_OPERANDS} further tensors in an expression, found {} in {expression}",
                kinds.len()
            );
            return Err(Reason::new(reason));
        }
        let epilogue = FusedEpilogue {
            expression: expression.renumbered(|index| places[index]),
            operands: kinds,
        };
        Ok((Some(Arc::new(epilogue)), own, sources))
    }

    /// The kind and the source of an operand of the epilogue.
    fn source(&self, read: &Read) -> Result<(OperandKind, Source), Reason> {
        let (result, output) = (self.results[0], self.output());
        let refused = || {
            Reason::new(format!(
                "reads operands of {result} with a value for each, or for each channel, found {}",
                read.ty
            ))
        };
        let channels = |constant| (OperandKind::Channels, Source::Constant(constant));
        let layout = self.output_arrangement().layout;
        let is_usual = layout == Layout::channels_last(result.dims().rank());
        match (read.ty.repetition_in(&result), &read.constant) {
            (Some(Repetition::None), None) => Ok((OperandKind::Tensor, Source::Input(read.input))),
            (Some(Repetition::Pixels), None) => Ok((OperandKind::Image, Source::Input(read.input))),
            (_, Some(constant)) => match per_channel(read, &result, output.channels) {
                // In other layouts, the channels of a kernel are along other axes.
                Some(constant) if is_usual || read.ty.count() == 1 => Ok(channels(constant)),
                // Other operations may be split by channels, and this packing is not.
                _ if self.op.as_pointwise().is_some() => {
                    let image = repeated(constant, result.dims());
                    let image = in_order(image, &layout);
                    let image = image.ok_or_else(refused)?;
                    Ok((OperandKind::Pixels, Source::Image(image)))
                }
                _ => Err(refused()),
            },
            _ => Err(refused()),
        }
    }
}

/// The constant of `read` with one value for each of `channels` channels of `ty`, or `None` if it has another shape.
fn per_channel(read: &Read, ty: &Type, channels: usize) -> Option<Arc<Constant>> {
    let constant = read.constant.as_ref()?;
    match read.ty.repetition_in(ty)? {
        Repetition::ImagesAndPixels => Some(Arc::clone(constant)),
        Repetition::All => Some(repeated(constant, &Dims::new(&[channels]).ok()?)),
        Repetition::None | Repetition::Pixels => None,
    }
}

/// A constant that is repeated to the extents `dims`.
fn repeated(constant: &Arc<Constant>, dims: &Dims) -> Arc<Constant> {
    Arc::new(Constant::Computed {
        name: constant.name().into(),
        op: Op::Pointwise(Pointwise::identity()),
        inputs: vec![Some(Arc::clone(constant))],
        dims: *dims,
    })
}

/// A constant of one image with its axes in the order of `layout`: channels, then pixels.
fn in_order(constant: Arc<Constant>, layout: &Layout) -> Option<Arc<Constant>> {
    let order = layout.channels().chain(layout.pixels());
    let axes: Vec<usize> = [0].into_iter().chain(order).collect();
    if axes.is_sorted() {
        return Some(constant);
    }
    let extents: Vec<usize> = axes.iter().map(|&axis| constant.dims()[axis]).collect();
    Some(Arc::new(Constant::Computed {
        name: constant.name().into(),
        op: Op::Transpose(Transpose { axes }),
        inputs: vec![Some(constant)],
        dims: Dims::new(&extents).ok()?,
    }))
}
