//! Recurrent layers over a fixed number of steps. Each step is a product with a matrix, and functions of its values.

use super::Operation;
use super::composed::{Parts, index, int, ints, list};
use super::recurrent_cell::{Cell, Matrices, State};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "GRU",
        &[1, 3, 7, 14, 22],
        &[
            "activation_alpha",
            "activation_beta",
            "activations",
            "clip",
            "direction",
            "hidden_size",
            "layout",
            "linear_before_reset",
        ],
        |builder, node| {
            let is_reset_late = node.flag("linear_before_reset", false)?;
            recurrent(builder, node, Cell::Gru { is_reset_late })
        },
    ),
    Operation::of_images(
        "LSTM",
        &[1, 7, 14, 22],
        &[
            "activation_alpha",
            "activation_beta",
            "activations",
            "clip",
            "direction",
            "hidden_size",
            "input_forget",
            "layout",
        ],
        |builder, node| match node.flag("input_forget", false)? {
            true => Err("input_forget is not supported".to_owned()),
            false => recurrent(builder, node, Cell::Lstm),
        },
    ),
    Operation::of_images(
        "RNN",
        &[1, 7, 14, 22],
        &[
            "activation_alpha",
            "activation_beta",
            "activations",
            "clip",
            "direction",
            "hidden_size",
            "layout",
        ],
        |builder, node| recurrent(builder, node, Cell::Rnn),
    ),
];

/// The most steps of a layer, those of both directions together. Each is at least two dispatches.
const MOST_STEPS: usize = 1 << 10;

/// The functions of one value that a layer may have, with the parameters that ONNX gives them.
const FUNCTIONS: [&str; 7] = [
    "Elu",
    "HardSigmoid",
    "Relu",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Tanh",
];

/// Returns the states of all steps, and the last ones.
fn recurrent(builder: &mut Builder<'_>, node: &Node, cell: Cell) -> Result<Vec<Value>, String> {
    let has_batch_first = node.flag("layout", false)?;
    let mut parts = Parts::new(builder, node);
    let x = match has_batch_first {
        true => parts.add("Transpose", &[node.input(0)?], &[ints("perm", &[1, 0, 2])])?,
        false => node.input(0)?.clone(),
    };
    let &[steps, batch, _] = x.dims() else {
        return Err(format!("expected steps of a batch, found {:?}", x.dims()));
    };
    let directions = directions(node)?;
    let hidden = check(parts.builder, node, &cell, [steps, batch], directions.len())?;
    let functions = functions(node, &cell, directions.len())?;
    let mut states: Vec<Vec<Value>> = vec![Vec::new(); steps];
    let mut last = Vec::with_capacity(directions.len());
    for (direction, is_reversed) in directions.into_iter().enumerate() {
        let functions = &functions[direction * cell.functions().len()..];
        let matrices = Matrices::new(&mut parts, &cell, direction)?;
        let inputs = matrices.of_inputs(&mut parts, &x)?;
        let mut state = State {
            hidden: initial(&mut parts, 5, direction, has_batch_first)?,
            cell: match cell {
                Cell::Lstm => initial(&mut parts, 6, direction, has_batch_first)?,
                _ => None,
            },
        };
        for step in 0..steps {
            let step = match is_reversed {
                true => steps - 1 - step,
                false => step,
            };
            let input = parts.add("Gather", &[&inputs, &index(step)], &[int("axis", 0)])?;
            state = cell.step(&mut parts, &matrices, functions, &input, state)?;
            states[step].extend(state.hidden.clone());
        }
        last.push(state);
    }
    let directions = last.len();
    let all = |parts: &mut Parts<'_, '_>| {
        let y = joined(parts, states.concat(), &[steps, directions, batch, hidden])?;
        match has_batch_first {
            true => parts.add("Transpose", &[&y], &[ints("perm", &[2, 0, 1, 3])]),
            false => Ok(y),
        }
    };
    let of_last = |parts: &mut Parts<'_, '_>, of: fn(&State) -> &Option<Value>| {
        let values = last.iter().flat_map(of).cloned().collect();
        let y = joined(parts, values, &[directions, batch, hidden])?;
        match has_batch_first {
            true => parts.add("Transpose", &[&y], &[ints("perm", &[1, 0, 2])]),
            false => Ok(y),
        }
    };
    let mut results = Vec::with_capacity(node.outputs);
    for (result, &is_read) in node.is_read.iter().enumerate() {
        results.push(match result {
            _ if !is_read => Value::Unknown,
            0 => all(&mut parts)?,
            1 => of_last(&mut parts, |state| &state.hidden)?,
            _ => of_last(&mut parts, |state| &state.cell)?,
        });
    }
    Ok(results)
}

/// Returns for each direction whether it goes from the last step to the first.
fn directions(node: &Node) -> Result<Vec<bool>, String> {
    match node.text("direction", "forward")?.as_str() {
        "forward" => Ok(vec![false]),
        "reverse" => Ok(vec![true]),
        "bidirectional" => Ok(vec![false, true]),
        other => Err(format!("direction {other} is not known")),
    }
}

/// Checks what is not computed, and the extents of the matrices. Returns how many values a state has.
fn check(
    builder: &Builder<'_>,
    node: &Node,
    cell: &Cell,
    [steps, batch]: [usize; 2],
    directions: usize,
) -> Result<usize, String> {
    if steps == 0 || steps.saturating_mul(directions) > MOST_STEPS {
        return Err(format!(
            "expected at most {MOST_STEPS} steps of both directions together, found {}",
            steps.saturating_mul(directions)
        ));
    }
    if let Some(clip) = node.optional_float("clip")? {
        return Err(format!("clip {clip} is not supported"));
    }
    for name in ["activation_alpha", "activation_beta"] {
        if node.floats(name).is_some_and(|values| !values.is_empty()) {
            return Err(format!("{name} is not supported"));
        }
    }
    if node.optional(7).is_some() {
        return Err("peepholes are not supported".to_owned());
    }
    if let Some(lengths) = node.optional(4) {
        let lengths = builder.array(lengths)?.to_floats();
        if lengths.iter().any(|&length| length != steps as f64) {
            return Err(format!(
                "expected {steps} steps of all sequences, found {lengths:?}"
            ));
        }
    }
    let gates = cell.gates();
    let (w, r) = (node.input(1)?.dims(), node.input(2)?.dims());
    let size = node.input(0)?.dims()[2];
    let hidden = r.last().copied().unwrap_or(0);
    let fits = w == [directions, gates * hidden, size] && r == [directions, gates * hidden, hidden];
    let stated = node.int("hidden_size", hidden as i64)?;
    if !fits || hidden == 0 || stated != hidden as i64 {
        return Err(format!(
            "expected matrices of {gates} gates of {stated} values in {directions} directions, found {w:?} and {r:?}"
        ));
    }
    for (input, dims) in [
        (3, vec![directions, 2 * gates * hidden]),
        (5, state_dims(node, directions, batch, hidden)?),
        (6, state_dims(node, directions, batch, hidden)?),
    ] {
        if let Some(found) = node.optional(input)
            && found.dims() != dims
        {
            let found = found.dims();
            return Err(format!("expected {dims:?}, found {found:?}"));
        }
    }
    Ok(hidden)
}

fn state_dims(
    node: &Node,
    directions: usize,
    batch: usize,
    hidden: usize,
) -> Result<Vec<usize>, String> {
    Ok(match node.flag("layout", false)? {
        true => vec![batch, directions, hidden],
        false => vec![directions, batch, hidden],
    })
}

/// Returns the operations of the functions, those of each direction after another.
fn functions(node: &Node, cell: &Cell, directions: usize) -> Result<Vec<&'static str>, String> {
    let Some(names) = node.texts("activations")? else {
        return Ok(cell.functions().repeat(directions));
    };
    let expected = cell.functions().len() * directions;
    if names.len() != expected {
        let found = names.len();
        return Err(format!("expected {expected} activations, found {found}"));
    }
    let known = names.iter().map(|name| {
        let mut functions = FUNCTIONS.into_iter();
        let known = functions.find(|function| function.eq_ignore_ascii_case(name));
        known.ok_or_else(|| format!("activation {name} is not supported"))
    });
    known.collect()
}

/// Returns input `input` of a direction, or `None` if it is absent or 0, as the first states of most files are.
fn initial(
    parts: &mut Parts<'_, '_>,
    input: usize,
    direction: usize,
    has_batch_first: bool,
) -> Result<Option<Value>, String> {
    let Some(states) = parts.node().optional(input).cloned() else {
        return Ok(None);
    };
    if let Value::Constant(_) = states {
        let values = parts.builder.array(&states)?.to_floats();
        if values.iter().all(|&value| value == 0.0) {
            return Ok(None);
        }
    }
    let axis = int("axis", i64::from(has_batch_first));
    parts
        .add("Gather", &[&states, &index(direction)], &[axis])
        .map(Some)
}

/// Returns `values` one after another, with the extents `dims`.
fn joined(parts: &mut Parts<'_, '_>, values: Vec<Value>, dims: &[usize]) -> Result<Value, String> {
    let values: Vec<&Value> = values.iter().collect();
    let y = parts.add("Concat", &values, &[int("axis", 0)])?;
    parts.add("Reshape", &[&y, &list(dims)], &[])
}
