use std::fmt;

use super::{Combination, Function, Pointwise, Step};

/// The most characters of a formula that is shown inside another one. A step that is read twice is shown twice, so
/// formulas could grow exponentially.
const MAX_PART: usize = 120;

/// Writes a formula of operand 0, `x`, and the further operands `a`, `b` and so on: `x * sigmoid(x)`.
impl fmt::Display for Pointwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<Text> = Vec::with_capacity(self.steps().len());
        for step in self.steps() {
            let part = |place: usize| texts[place].as_part();
            let text = match *step {
                Step::Operand(0) => Text::atom("x"),
                Step::Operand(index) => Text::atom(name(index)),
                Step::Constant(number) => Text::atom(number),
                Step::Clamp { of, low, high } => {
                    Text::atom(format!("clamp({}, {low}, {high})", part(of)))
                }
                Step::Unary(function, of) => {
                    Text::atom(format!("{}({})", function.name(), part(of)))
                }
                Step::Binary(combination, a, b) => combination.written(&texts[a], &texts[b]),
                Step::Select { condition, yes, no } => {
                    let [condition, yes, no] = [condition, yes, no].map(part);
                    Text::atom(format!("select({condition}, {yes}, {no})"))
                }
            };
            texts.push(text);
        }
        match texts.last() {
            Some(last) => f.write_str(&last.text),
            None => Ok(()),
        }
    }
}

struct Text {
    text: String,
    /// Whether it needs no parentheses inside another formula.
    is_atom: bool,
}

impl Text {
    fn atom(text: impl fmt::Display) -> Self {
        Self {
            text: text.to_string(),
            is_atom: true,
        }
    }

    /// Returns the text as part of another formula.
    fn as_part(&self) -> &str {
        match self.text.len() <= MAX_PART {
            true => &self.text,
            false => "...",
        }
    }

    /// Returns the text of a function of this and `other`.
    fn in_call(&self, function: &str, other: &Self) -> Self {
        Self::atom(format!(
            "{function}({}, {})",
            self.as_part(),
            other.as_part()
        ))
    }

    fn bracketed(&self) -> String {
        match self.is_atom {
            true => self.as_part().to_owned(),
            false => format!("({})", self.as_part()),
        }
    }
}

impl Function {
    /// Returns the name of the function in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Function::Abs => "abs",
            Function::Exp => "exp",
            Function::Sqrt => "sqrt",
            Function::Tanh => "tanh",
            Function::Erf => "erf",
            Function::Sigmoid => "sigmoid",
            Function::Log => "log",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
            Function::Round => "round",
            Function::Sign => "sign",
        }
    }
}

impl Combination {
    fn written(self, a: &Text, b: &Text) -> Text {
        let sign = match self {
            Combination::Add => "+",
            Combination::Subtract => "-",
            Combination::Multiply => "*",
            Combination::Divide => "/",
            Combination::Less => "<",
            Combination::Equal => "=",
            Combination::Max => return a.in_call("max", b),
            Combination::Min => return a.in_call("min", b),
            Combination::Power => return a.in_call("power", b),
        };
        Text {
            text: format!("{} {sign} {}", a.bracketed(), b.bracketed()),
            is_atom: false,
        }
    }
}

/// Returns the name of a further operand, where operand 1 is `a`. Operand 0 is `x`.
fn name(index: usize) -> String {
    match u8::try_from(index) {
        Ok(index @ 1..24) => char::from(b'a' + index - 1).to_string(),
        _ => format!("operand {index}"),
    }
}
