//! The fused epilogue: an expression that a pipeline computes of each value of the result before it stores it, if it is
//! more than the kernel takes as data. The expression is part of the pipeline's shader text and has its own operands.

use std::fmt::Write;

use super::binding::{Binding, parameters, read};
use super::bound::Bound;
use super::expression;
use super::uniforms::{Field, Value};
use super::{View, quads};
use crate::graph::{MOST_OPERANDS, Pointwise};

/// Names, in shaders, of the operands and of the words that hold the offsets of constant operands.
const NAMES: [(&str, &str); MOST_OPERANDS] = [
    ("operand_1", "operand_1_offset"),
    ("operand_2", "operand_2_offset"),
    ("operand_3", "operand_3_offset"),
    ("operand_4", "operand_4_offset"),
];

/// An expression after an operation, as part of a compiled pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FusedEpilogue {
    pub(super) expression: Pointwise,
    pub(super) operands: Vec<OperandKind>,
}

/// How an operand is broadcast to the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandKind {
    /// One value for each value of the result.
    Tensor,
    /// One value for each channel of each image.
    Image,
    /// One value for each channel: a constant.
    Channels,
    /// One value for each value of an image: a constant.
    Pixels,
}

/// A tensor of a call that only a fused expression reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FusedOperand {
    /// A tensor, and the number of images.
    View(View, usize),
    /// Packed parameters, with the number of quads that are read.
    Parameters(Bound),
}

impl OperandKind {
    fn is_constant(self) -> bool {
        matches!(self, Self::Channels | Self::Pixels)
    }
}

impl FusedEpilogue {
    /// The bindings of its operands. They follow the kernel's bindings.
    pub(super) fn bindings(&self) -> impl Iterator<Item = Binding> {
        let named = self.operands.iter().zip(NAMES);
        named.map(|(kind, (name, _))| match kind {
            OperandKind::Tensor | OperandKind::Image => read(name),
            OperandKind::Channels | OperandKind::Pixels => parameters(name),
        })
    }

    /// The fields that precede those of the kernel in the uniform block: structs begin at multiples of 16 bytes.
    pub(super) fn first_fields(&self) -> impl Iterator<Item = (&'static str, Field)> {
        let named = self.operands.iter().zip(NAMES);
        let views = named.filter(|(kind, _)| !kind.is_constant());
        views.map(|(_, (name, _))| (name, Field::View))
    }

    /// The fields that follow those of the kernel.
    pub(super) fn last_fields(&self) -> impl Iterator<Item = (&'static str, Field)> {
        let named = self.operands.iter().zip(NAMES);
        let words = named.filter(|(kind, _)| kind.is_constant());
        words.map(|(_, (_, offset))| (offset, Field::Parameters))
    }

    /// The functions `store` and, for a caller who advances the index of the result from pixel to pixel, `store_at`.
    pub(super) fn shader(&self) -> String {
        let mut text = String::from(
            "fn store(x: vec4<f32>, pixel: u32, quad: u32) {\n    \
                 store_at(at(uniforms.output, pixel, quad), x, pixel, quad);\n}\n\
             fn store_at(index: u32, x: vec4<f32>, pixel: u32, quad: u32) {\n",
        );
        for (kind, (name, offset)) in self.operands.iter().zip(NAMES) {
            let index = match kind {
                OperandKind::Tensor => format!("at(uniforms.{name}, pixel, quad)"),
                OperandKind::Image => {
                    format!("at(uniforms.{name}, pixel / uniforms.output.pixels, quad)")
                }
                OperandKind::Channels => format!("uniforms.{offset} + quad"),
                OperandKind::Pixels => format!(
                    "uniforms.{offset} + pixel % uniforms.output.pixels * uniforms.output.quads + quad"
                ),
            };
            let _ = writeln!(text, "    let {name} = read_{name}({index});");
        }
        let operand = |index: usize| NAMES[index - 1].0.to_owned();
        let (statements, result) =
            expression::of_quad(&self.expression, operand, "uniforms.output.channels");
        let _ = writeln!(text, "{statements}    write_output(index, {result});\n}}");
        text
    }
}

impl FusedOperand {
    pub(super) fn first_value(&self) -> Option<Value<'_>> {
        match self {
            Self::View(view, images) => Some(Value::View(view, *images)),
            Self::Parameters(_) => None,
        }
    }

    pub(super) fn last_value(&self) -> Option<Value<'_>> {
        match self {
            Self::View(..) => None,
            Self::Parameters(_) => Some(Value::Parameters),
        }
    }

    pub(super) fn bound(&self, images: usize) -> Bound {
        match self {
            Self::View(view, _) => {
                view.bound(images * view.shape.pixels(), quads(view.shape.channels))
            }
            Self::Parameters(bound) => *bound,
        }
    }
}
