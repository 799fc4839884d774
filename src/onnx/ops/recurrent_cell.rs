//! One step of a recurrent layer: the equations of ONNX.

use super::composed::{Parts, index, int, list, number};
use crate::onnx::build::Value;

/// The kinds of layers.
#[derive(Clone, Copy)]
pub enum Cell {
    /// Gates: input, output, forget, cell.
    Lstm,
    /// Gates: update, reset, hidden. The reset is applied to a product with the matrix, or to its factor.
    Gru {
        is_reset_late: bool,
    },
    Rnn,
}

/// What a step passes on to the next one. Absent values are 0.
pub struct State {
    pub hidden: Option<Value>,
    pub cell: Option<Value>,
}

/// The matrices of one direction.
pub struct Matrices {
    inputs: Matrix,
    /// Those of states, whose products are computed one after another.
    states: Vec<Matrix>,
    /// The number of values of a gate.
    hidden: usize,
}

struct Matrix {
    value: Value,
    bias: Option<Value>,
}

impl Cell {
    /// The number of gates.
    pub fn gates(&self) -> usize {
        match self {
            Cell::Lstm => 4,
            Cell::Gru { .. } => 3,
            Cell::Rnn => 1,
        }
    }

    /// The numbers of gates whose products with a state are computed at once.
    fn products(&self) -> &'static [usize] {
        match self {
            Cell::Lstm => &[4],
            Cell::Gru {
                is_reset_late: true,
            } => &[3],
            // The third product is one of the state after the reset.
            Cell::Gru {
                is_reset_late: false,
            } => &[2, 1],
            Cell::Rnn => &[1],
        }
    }

    /// The functions of a direction, if the file names none.
    pub fn functions(&self) -> &'static [&'static str] {
        match self {
            Cell::Lstm => &["Sigmoid", "Tanh", "Tanh"],
            Cell::Gru { .. } => &["Sigmoid", "Tanh"],
            Cell::Rnn => &["Tanh"],
        }
    }

    /// Returns the state after a step. `input` are the products with the matrix of inputs.
    pub fn step(
        &self,
        parts: &mut Parts<'_, '_>,
        matrices: &Matrices,
        functions: &[&str],
        input: &Value,
        state: State,
    ) -> Result<State, String> {
        match *self {
            Cell::Lstm => lstm(parts, matrices, functions, input, state),
            Cell::Gru { is_reset_late } => {
                let hidden = gru(parts, matrices, functions, input, &state, is_reset_late)?;
                Ok(State {
                    hidden: Some(hidden),
                    cell: None,
                })
            }
            Cell::Rnn => {
                let sum = matrices.sum(parts, input, state.hidden.as_ref())?;
                Ok(State {
                    hidden: Some(parts.add(functions[0], &[&sum], &[])?),
                    cell: None,
                })
            }
        }
    }
}

fn lstm(
    parts: &mut Parts<'_, '_>,
    matrices: &Matrices,
    functions: &[&str],
    input: &Value,
    state: State,
) -> Result<State, String> {
    let sum = matrices.sum(parts, input, state.hidden.as_ref())?;
    let gate = |parts: &mut Parts<'_, '_>, gate: usize, function: &str| {
        let gate = matrices.gate(parts, &sum, gate)?;
        parts.add(function, &[&gate], &[])
    };
    let input_gate = gate(parts, 0, functions[0])?;
    let output_gate = gate(parts, 1, functions[0])?;
    let candidate = gate(parts, 3, functions[1])?;
    let mut cell = parts.add("Mul", &[&input_gate, &candidate], &[])?;
    if let Some(earlier) = &state.cell {
        let forget_gate = gate(parts, 2, functions[0])?;
        let kept = parts.add("Mul", &[&forget_gate, earlier], &[])?;
        cell = parts.add("Add", &[&kept, &cell], &[])?;
    }
    let shown = parts.add(functions[2], &[&cell], &[])?;
    Ok(State {
        hidden: Some(parts.add("Mul", &[&output_gate, &shown], &[])?),
        cell: Some(cell),
    })
}

fn gru(
    parts: &mut Parts<'_, '_>,
    matrices: &Matrices,
    functions: &[&str],
    input: &Value,
    state: &State,
    is_reset_late: bool,
) -> Result<Value, String> {
    let earlier = state.hidden.as_ref();
    let product = matrices.states[0].product(parts, earlier)?;
    let gate = |parts: &mut Parts<'_, '_>, gate: usize| {
        let mut sum = matrices.gate(parts, input, gate)?;
        if let Some(product) = &product {
            let product = matrices.gate(parts, product, gate)?;
            sum = parts.add("Add", &[&sum, &product], &[])?;
        }
        parts.add(functions[0], &[&sum], &[])
    };
    let update = gate(parts, 0)?;
    let reset = gate(parts, 1)?;
    let further = match (&product, is_reset_late) {
        (Some(product), true) => {
            let product = matrices.gate(parts, product, 2)?;
            Some(parts.add("Mul", &[&reset, &product], &[])?)
        }
        (None, true) => None,
        (_, false) => {
            let kept = match earlier {
                Some(earlier) => Some(parts.add("Mul", &[&reset, earlier], &[])?),
                None => None,
            };
            matrices.states[1].product(parts, kept.as_ref())?
        }
    };
    let mut candidate = matrices.gate(parts, input, 2)?;
    if let Some(further) = further {
        candidate = parts.add("Add", &[&candidate, &further], &[])?;
    }
    let candidate = parts.add(functions[1], &[&candidate], &[])?;
    let rest = parts.add("Sub", &[&number(1.0), &update], &[])?;
    let new = parts.add("Mul", &[&rest, &candidate], &[])?;
    let Some(earlier) = earlier else {
        return Ok(new);
    };
    let kept = parts.add("Mul", &[&update, earlier], &[])?;
    parts.add("Add", &[&new, &kept], &[])
}

impl Matrices {
    /// Returns the matrices of direction `direction` of the node.
    pub fn new(parts: &mut Parts<'_, '_>, cell: &Cell, direction: usize) -> Result<Self, String> {
        let node = parts.node();
        let of_direction = |parts: &mut Parts<'_, '_>, value: &Value| {
            parts.add("Gather", &[value, &index(direction)], &[int("axis", 0)])
        };
        let inputs = of_direction(parts, node.input(1)?)?;
        let all = of_direction(parts, node.input(2)?)?;
        let hidden = all.dims().last().copied().unwrap_or(0);
        let count = cell.gates() * hidden;
        let (mut inputs_bias, mut states_bias) = (None, None);
        if let Some(biases) = node.optional(3) {
            let biases = of_direction(parts, biases)?;
            inputs_bias = Some(cut(parts, &biases, 0, 0, count)?);
            states_bias = Some(cut(parts, &biases, 0, count, count)?);
        }
        let mut states = Vec::new();
        let mut begin = 0;
        for gates in cell.products() {
            let count = gates * hidden;
            states.push(Matrix {
                value: cut(parts, &all, 0, begin, count)?,
                bias: match &states_bias {
                    Some(bias) => Some(cut(parts, bias, 0, begin, count)?),
                    None => None,
                },
            });
            begin += count;
        }
        Ok(Self {
            inputs: Matrix {
                value: inputs,
                bias: inputs_bias,
            },
            states,
            hidden,
        })
    }

    /// Returns the products of all steps of `x` with the matrix of inputs.
    pub fn of_inputs(&self, parts: &mut Parts<'_, '_>, x: &Value) -> Result<Value, String> {
        let &[steps, batch, size] = x.dims() else {
            return Err(format!("expected steps of a batch, found {:?}", x.dims()));
        };
        let rows = parts.add("Reshape", &[x, &list(&[steps * batch, size])], &[])?;
        let products = self.inputs.of(parts, &rows)?;
        let count = products.dims().last().copied().unwrap_or(0);
        parts.add("Reshape", &[&products, &list(&[steps, batch, count])], &[])
    }

    /// Returns the sums of all gates of `input` and of the state `hidden`.
    fn sum(
        &self,
        parts: &mut Parts<'_, '_>,
        input: &Value,
        hidden: Option<&Value>,
    ) -> Result<Value, String> {
        match self.states[0].product(parts, hidden)? {
            Some(product) => parts.add("Add", &[input, &product], &[]),
            None => Ok(input.clone()),
        }
    }

    /// Returns gate `gate` of `value`.
    fn gate(&self, parts: &mut Parts<'_, '_>, value: &Value, gate: usize) -> Result<Value, String> {
        let axis = value.rank() - 1;
        cut(parts, value, axis, gate * self.hidden, self.hidden)
    }
}

impl Matrix {
    /// Returns the product with the rows `x`, plus the bias.
    fn of(&self, parts: &mut Parts<'_, '_>, x: &Value) -> Result<Value, String> {
        let inputs: Vec<&Value> = [x, &self.value].into_iter().chain(&self.bias).collect();
        parts.add("Gemm", &inputs, &[int("transB", 1)])
    }

    /// Returns the product with a state, plus the bias, or `None` if it is 0.
    fn product(
        &self,
        parts: &mut Parts<'_, '_>,
        state: Option<&Value>,
    ) -> Result<Option<Value>, String> {
        match state {
            Some(state) => self.of(parts, state).map(Some),
            None => Ok(self.bias.clone()),
        }
    }
}

/// Returns `count` values along `axis`, from `begin` on.
fn cut(
    parts: &mut Parts<'_, '_>,
    value: &Value,
    axis: usize,
    begin: usize,
    count: usize,
) -> Result<Value, String> {
    if value.dims()[axis] == count {
        return Ok(value.clone());
    }
    let range = [list(&[begin]), list(&[begin + count]), list(&[axis])];
    parts.add("Slice", &[value, &range[0], &range[1], &range[2]], &[])
}
