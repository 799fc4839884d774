//! What pipelines compute behind an operation where that is more than their kernels take as data: an expression in the
//! pipeline's own text, with tensors of its own.

use std::fmt::Write;

use super::binding::{Binding, parameters, read};
use super::bound::Bound;
use super::expression;
use super::uniforms::{Field, Value};
use super::{View, quads};
use crate::graph::{MOST_OPERANDS, Pointwise};

/// What the operands are called in shaders, and the words that say where the constants among them begin.
const NAMES: [(&str, &str); MOST_OPERANDS] = [
    ("operand_1", "operand_1_offset"),
    ("operand_2", "operand_2_offset"),
    ("operand_3", "operand_3_offset"),
    ("operand_4", "operand_4_offset"),
];

/// An expression behind an operation, as a pipeline is compiled for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FusedEpilogue {
    pub(super) expression: Pointwise,
    pub(super) operands: Vec<OperandKind>,
}

/// What an operand has values for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandKind {
    /// Each value of the result.
    Tensor,
    /// Each channel of each image.
    Image,
    /// Each channel: a constant.
    Channels,
}

/// A tensor of a call that only expressions around the operation read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FusedOperand {
    /// A tensor, for so many images.
    View(View, usize),
    /// Packed parameters, of which so many quads are read.
    Parameters(Bound),
}

impl FusedEpilogue {
    /// Its operands' bindings, which come behind the kernel's.
    pub(super) fn bindings(&self) -> impl Iterator<Item = Binding> {
        let named = self.operands.iter().zip(NAMES);
        named.map(|(kind, (name, _))| match kind {
            OperandKind::Tensor | OperandKind::Image => read(name),
            OperandKind::Channels => parameters(name),
        })
    }

    /// The fields of the uniform block that come in front of the kernel's: structs begin at multiples of 16 bytes.
    pub(super) fn first_fields(&self) -> impl Iterator<Item = (&'static str, Field)> {
        let named = self.operands.iter().zip(NAMES);
        let views = named.filter(|(kind, _)| **kind != OperandKind::Channels);
        views.map(|(_, (name, _))| (name, Field::View))
    }

    /// Those that come behind the kernel's.
    pub(super) fn last_fields(&self) -> impl Iterator<Item = (&'static str, Field)> {
        let named = self.operands.iter().zip(NAMES);
        let words = named.filter(|(kind, _)| **kind == OperandKind::Channels);
        words.map(|(_, (_, offset))| (offset, Field::Parameters))
    }

    /// The function `store`.
    pub(super) fn shader(&self) -> String {
        let mut text = String::from("fn store(x: vec4<f32>, pixel: u32, quad: u32) {\n");
        for (kind, (name, offset)) in self.operands.iter().zip(NAMES) {
            let index = match kind {
                OperandKind::Tensor => format!("at(uniforms.{name}, pixel, quad)"),
                OperandKind::Image => {
                    format!("at(uniforms.{name}, pixel / uniforms.output.pixels, quad)")
                }
                OperandKind::Channels => format!("uniforms.{offset} + quad"),
            };
            let _ = writeln!(text, "    let {name} = read_{name}({index});");
        }
        let operand = |index: usize| NAMES[index - 1].0.to_owned();
        let (statements, result) =
            expression::of_quad(&self.expression, operand, "uniforms.output.channels");
        let _ = writeln!(
            text,
            "{statements}    write_output(at(uniforms.output, pixel, quad), {result});\n}}"
        );
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
