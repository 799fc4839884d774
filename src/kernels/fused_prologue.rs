//! The fused prologue: an expression that a pipeline computes of each value of the first input when it loads it. The
//! expression is part of the pipeline's shader text and has its own constants.

use std::fmt::Write;

use super::binding::{Binding, parameters, read};
use super::expression;
use super::uniforms::Field;
use crate::graph::{MOST_OPERANDS, Pointwise};

/// The function `load` of a pipeline without a prologue.
pub(super) const PLAIN: &str = include_str!("../../shaders/core/load.wgsl");

/// Names, in shaders, of the packed constants and of the word that holds their offset.
const NAME: &str = "constants";
const OFFSET: &str = "constants_offset";

/// Names, in shaders, of the operands with a value for each channel of each image.
const IMAGES: [&str; MOST_OPERANDS] = ["image_1", "image_2", "image_3", "image_4"];

/// An expression in front of an operation, as part of a compiled pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FusedPrologue {
    pub(super) expression: Pointwise,
    /// Its further operands.
    pub(super) operands: Vec<PrologueOperand>,
}

/// How an operand is broadcast to the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrologueOperand {
    /// One value for each channel: a constant.
    Channels,
    /// One value for each channel of each image.
    Image,
}

impl FusedPrologue {
    /// The names of its operands with a value for each channel of each image.
    fn images(&self) -> impl Iterator<Item = &'static str> {
        let images = self.operands.iter();
        let images = images.filter(|&&operand| operand == PrologueOperand::Image);
        images.zip(IMAGES).map(|(_, name)| name)
    }

    fn has_constants(&self) -> bool {
        self.operands.contains(&PrologueOperand::Channels)
    }

    /// The bindings of its operands. All constants are one tensor, with a row of quads for each.
    pub(super) fn bindings(&self) -> impl Iterator<Item = Binding> {
        let constants = self.has_constants().then_some(parameters(NAME));
        self.images().map(read).chain(constants)
    }

    /// The fields that precede those of the kernel in the uniform block: structs begin at multiples of 16 bytes.
    pub(super) fn first_fields(&self) -> impl Iterator<Item = (&'static str, Field)> {
        self.images().map(|name| (name, Field::View))
    }

    /// The field of the uniform block with the offset of the constants.
    pub(super) fn last_field(&self) -> Option<(&'static str, Field)> {
        self.has_constants().then_some((OFFSET, Field::Parameters))
    }

    /// The function `load`.
    pub(super) fn shader(&self) -> String {
        let mut text = String::from(
            "fn load(index: u32, image: u32, quad: u32) -> vec4<f32> {\n    let x = read_input(index);\n",
        );
        let (mut row, mut images) = (0, self.images());
        for (index, operand) in self.operands.iter().enumerate() {
            let value = match operand {
                PrologueOperand::Channels => {
                    row += 1;
                    let before = row - 1;
                    format!(
                        "read_{NAME}(uniforms.{OFFSET} + {before}u * uniforms.input.quads + quad)"
                    )
                }
                PrologueOperand::Image => {
                    let name = images.next().unwrap_or_default();
                    format!("read_{name}(at(uniforms.{name}, image, quad))")
                }
            };
            let _ = writeln!(text, "    let before_{} = {value};", index + 1);
        }
        let operand = |index: usize| format!("before_{index}");
        let (statements, result) =
            expression::of_quad(&self.expression, operand, "uniforms.input.channels");
        let _ = writeln!(text, "{statements}    return {result};\n}}");
        text
    }
}
