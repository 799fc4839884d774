//! `Loop` with a number of rounds that does not depend on an input. The node is replaced by the nodes of all rounds.

use super::{Import, Names};
use crate::error::Result;
use crate::onnx::array::Array;
use crate::onnx::build::Value;
use crate::onnx::data_type::DataType;
use crate::onnx::file::is_standard;
use crate::onnx::schema::{Attribute, GraphProto, NodeProto};

/// The most rounds of one loop.
const MOST_ROUNDS: i64 = 1 << 10;

/// The inputs of a body before the values that rounds pass on: the number of the round, and the condition.
const OWN_INPUTS: usize = 2;

/// What a loop begins with.
struct Rounds<'n> {
    body: &'n GraphProto,
    /// The number of rounds, if the condition stays true.
    most: i64,
    goes_on: bool,
    /// The values that a round passes on to the next one.
    carried: Vec<Value>,
}

/// Returns whether `node` repeats a graph.
pub fn is_loop(node: &NodeProto) -> bool {
    is_standard(&node.domain) && node.op_type == "Loop"
}

impl Import<'_> {
    /// Imports the nodes of all rounds of `node`, and returns its results.
    pub(super) fn looped(
        &mut self,
        node: &NodeProto,
        opset: i64,
        name: &str,
        inputs: Vec<Option<Value>>,
        names: &mut Names,
    ) -> Result<Vec<Value>> {
        let is_unknown = |input: &Option<Value>| matches!(input, Some(Value::Unknown));
        if inputs.iter().any(is_unknown) {
            return Ok(Vec::new());
        }
        match self.rounds(node, inputs) {
            Ok(rounds) => self.unrolled(rounds, opset, name, names),
            Err(reason) => self.refused(reason, name),
        }
    }

    fn refused(&mut self, reason: String, name: &str) -> Result<Vec<Value>> {
        self.problems.add("Loop", reason, name);
        Ok(Vec::new())
    }

    /// Reads what the first round begins with.
    fn rounds<'n>(
        &self,
        node: &'n NodeProto,
        inputs: Vec<Option<Value>>,
    ) -> Result<Rounds<'n>, String> {
        let mut inputs = inputs.into_iter();
        let most = self.number(inputs.next().flatten(), "number of rounds")?;
        let condition = self.number(inputs.next().flatten(), "condition")?;
        let carried: Option<Vec<Value>> = inputs.collect();
        let carried = carried.ok_or("expected all values that rounds pass on")?;
        Ok(Rounds {
            body: body(node, carried.len())?,
            most: most.unwrap_or(i64::MAX),
            goes_on: condition != Some(0),
            carried,
        })
    }

    fn unrolled(
        &mut self,
        rounds: Rounds<'_>,
        opset: i64,
        name: &str,
        names: &mut Names,
    ) -> Result<Vec<Value>> {
        let Rounds {
            body,
            most,
            mut goes_on,
            mut carried,
        } = rounds;
        let count = carried.len();
        let mut collected = vec![Vec::new(); body.output.len() - 1 - count];
        let mut round = 0;
        while goes_on && round < most {
            if round == MOST_ROUNDS {
                return self.refused(format!("expected at most {MOST_ROUNDS} rounds"), name);
            }
            self.count()?;
            let own = [scalar(DataType::I64, round), scalar(DataType::Bool, 1)];
            let values = own.into_iter().chain(carried);
            let inputs = body.input.iter().map(|input| input.name.as_str());
            let title = format!("{name}/{round}");
            let results = self.add_body(body, inputs.zip(values), opset, &title, names)?;
            if results.iter().any(|value| matches!(value, Value::Unknown)) {
                return Ok(Vec::new());
            }
            let mut results = results.into_iter();
            goes_on = match self.number(results.next(), "condition") {
                Ok(condition) => condition != Some(0),
                Err(reason) => return self.refused(reason, name),
            };
            carried = results.by_ref().take(count).collect();
            for (all, value) in collected.iter_mut().zip(results) {
                all.push(value);
            }
            round += 1;
        }
        for values in collected {
            carried.extend(self.stacked(values, opset, name)?);
        }
        Ok(carried)
    }

    /// Returns the number that an input is, or `None` if it is absent.
    fn number(&self, input: Option<Value>, what: &str) -> Result<Option<i64>, String> {
        let value = match input {
            None => return Ok(None),
            Some(Value::Computed(_)) => {
                return Err(format!("its {what} depends on the image"));
            }
            Some(value) => value,
        };
        let array = self.builder.array(&value)?;
        let number = array.scalar().map(|number| number as i64);
        let found = || format!("expected a {what}, found {:?}", array.dims);
        number.map(Some).ok_or_else(found)
    }

    /// Returns the values of all rounds along a new first axis.
    fn stacked(&mut self, values: Vec<Value>, opset: i64, name: &str) -> Result<Option<Value>> {
        if values.is_empty() {
            let reason = "it collects the values of no round".to_owned();
            self.problems.add("Loop", reason, name);
            return Ok(None);
        }
        let mut rows = Vec::with_capacity(values.len());
        for value in values {
            let mut dims = vec![1];
            dims.extend(value.dims().iter().map(|&extent| extent as i64));
            let dims = Value::known(Array::list(dims));
            let reshape = operation("Reshape", &[]);
            let inputs = vec![Some(value), Some(dims)];
            let results = self.add_node(&reshape, opset, name.to_owned(), inputs, vec![true])?;
            rows.extend(results.into_iter().map(Some));
        }
        let axis = Attribute {
            name: "axis".to_owned(),
            i: Some(0),
            ..Attribute::default()
        };
        let concat = operation("Concat", &[axis]);
        let results = self.add_node(&concat, opset, name.to_owned(), rows, vec![true])?;
        Ok(results.into_iter().next())
    }
}

/// Returns the graph that is repeated.
fn body(node: &NodeProto, carried: usize) -> Result<&GraphProto, String> {
    let mut attributes = node.attribute.iter();
    let body = attributes.find(|attribute| attribute.name == "body");
    let body = body.and_then(|attribute| attribute.g.as_ref());
    let body = body.ok_or("expected a body, found none")?;
    if body.input.len() != OWN_INPUTS + carried || body.output.len() < 1 + carried {
        return Err(format!("expected a body that passes {carried} values on"));
    }
    Ok(body)
}

fn operation(name: &str, attributes: &[Attribute]) -> NodeProto {
    NodeProto {
        op_type: name.to_owned(),
        attribute: attributes.to_vec(),
        ..NodeProto::default()
    }
}

fn scalar(ty: DataType, value: i64) -> Value {
    Value::known(Array::ints(ty, Vec::new(), vec![value]))
}
