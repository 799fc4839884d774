use std::fmt;

use super::{Combination, Function, Pointwise, Step};

/// As a formula of `x`, what it is of, and the further operands `a`, `b` and so on: `x * sigmoid(x)`.
impl fmt::Display for Pointwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<Text> = Vec::with_capacity(self.steps().len());
        for step in self.steps() {
            let text = match *step {
                Step::Operand(0) => Text::atom("x"),
                Step::Operand(index) => Text::atom(name(index - 1)),
                Step::Constant(number) => Text::atom(number),
                Step::Clamp { of, low, high } => {
                    Text::atom(format!("clamp({}, {low}, {high})", texts[of].text))
                }
                Step::Unary(function, of) => {
                    Text::atom(format!("{}({})", function.name(), texts[of].text))
                }
                Step::Binary(combination, a, b) => combination.written(&texts[a], &texts[b]),
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
    /// Whether it stands in another formula without brackets.
    is_atom: bool,
}

impl Text {
    fn atom(text: impl fmt::Display) -> Self {
        Self {
            text: text.to_string(),
            is_atom: true,
        }
    }

    fn bracketed(&self) -> String {
        match self.is_atom {
            true => self.text.clone(),
            false => format!("({})", self.text),
        }
    }
}

impl Function {
    /// Its name in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Function::Abs => "abs",
            Function::Exp => "exp",
            Function::Sqrt => "sqrt",
            Function::Tanh => "tanh",
            Function::Erf => "erf",
            Function::Sigmoid => "sigmoid",
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
            Combination::Max => return Text::atom(format!("max({}, {})", a.text, b.text)),
            Combination::Min => return Text::atom(format!("min({}, {})", a.text, b.text)),
        };
        Text {
            text: format!("{} {sign} {}", a.bracketed(), b.bracketed()),
            is_atom: false,
        }
    }
}

/// The further operands, from `a` on.
fn name(index: usize) -> String {
    match u8::try_from(index) {
        Ok(index) if index < 23 => char::from(b'a' + index).to_string(),
        _ => format!("operand {index}"),
    }
}
