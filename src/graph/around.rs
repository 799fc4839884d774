//! Checks of the expressions before an operation (on its first input) and after it (on its first result).

use super::{Graph, MAX_STEPS, MOST_OPERANDS, Op, Pointwise, ValueId};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Repetition, Type};

impl Graph {
    /// Checks that `op` supports the expression `pre` on its first input. The input must not be a constant. The
    /// further operands must broadcast along the input, and be constants or have a value for each channel of each image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if it does not.
    pub(super) fn check_pre(
        &self,
        op: &Op,
        inputs: &[Option<ValueId>],
        pre: &Pointwise,
        operands: &[ValueId],
    ) -> Result<()> {
        if pre.is_identity() && operands.is_empty() {
            return Ok(());
        }
        if !op.supports_pre() {
            return refused(format!("{} supports no expression before it", op.kind()));
        }
        let is_constant = |value: ValueId| self.value(value).is_constant();
        let input = inputs.first().copied().flatten();
        let Some(input) = input.filter(|&input| !is_constant(input)) else {
            return refused(format!(
                "the expression {pre} before it needs an input that is not a constant"
            ));
        };
        let ty = self.ty(input);
        let repeats = |operand: ValueId| match is_constant(operand) {
            true => true,
            false => self.ty(operand).repetition_in(ty) == Some(Repetition::Pixels),
        };
        if let Some(&computed) = operands.iter().find(|&&operand| !repeats(operand)) {
            let computed = self.value(computed);
            return refused(format!(
                "the expression {pre} before it needs operands that are constant or have a value for each channel of {ty}, found {} of {}",
                computed.name(),
                computed.ty()
            ));
        }
        self.check_expression(pre, ty, operands)
    }

    /// Checks that `op` supports the expression `post` on its first result. The further operands must broadcast
    /// along the result.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if it does not.
    pub(super) fn check_post(
        &self,
        op: &Op,
        results: &[Type],
        post: &Pointwise,
        operands: &[ValueId],
    ) -> Result<()> {
        if post.is_identity() && operands.is_empty() {
            return Ok(());
        }
        if !op.supports_post() {
            return refused(format!("{} supports no expression after it", op.kind()));
        }
        self.check_expression(post, &results[0], operands)
    }

    /// Checks that `expression` of a value of type `ty` and these further operands has a result of type `ty`.
    fn check_expression(
        &self,
        expression: &Pointwise,
        ty: &Type,
        operands: &[ValueId],
    ) -> Result<()> {
        if expression.operands().max(1) != operands.len() + 1 {
            return refused(format!(
                "{expression} needs {} operands, found {}",
                expression.operands().max(1) - 1,
                operands.len()
            ));
        }
        if operands.len() > MOST_OPERANDS || expression.steps().len() > MAX_STEPS {
            return refused(format!(
                "expected an expression of at most {MAX_STEPS} steps and {MOST_OPERANDS} operands, found {} and {}",
                expression.steps().len(),
                operands.len()
            ));
        }
        let mut types = vec![Some(ty)];
        types.extend(operands.iter().map(|&operand| Some(self.ty(operand))));
        let found = Op::Pointwise(expression.clone()).infer(&types)?;
        match found[0] == *ty {
            true => Ok(()),
            false => refused(format!(
                "{expression} of {ty} gives {}, expected the same type",
                found[0]
            )),
        }
    }
}

fn refused(message: String) -> Result<()> {
    Err(Error::new(ErrorKind::Shape, message))
}
