//! Einstein's sums, as products of matrices: the axes of both operands that the result keeps are those of a batch, and the
//! others that both have are summed. Two axes of one operand with the same label are a diagonal.

use super::Operation;
use super::composed::{Parts, int, ints, list};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "Einsum",
    &[12, 28],
    &["equation"],
    einsum,
)];

/// A value, and the label of each axis.
struct Term {
    value: Value,
    labels: Vec<char>,
}

fn einsum(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let values = node.all_inputs()?;
    let ranks: Vec<usize> = values.iter().map(|value| value.rank()).collect();
    let Equation { terms, result } = Equation::parse(&node.text("equation", "")?, &ranks)?;
    let mut parts = Parts::new(builder, node);
    let mut rest = Vec::with_capacity(terms.len());
    for (value, labels) in values.into_iter().zip(terms) {
        let value = value.clone();
        rest.push(parts.diagonal(Term { value, labels })?);
    }
    rest.reverse();
    let mut product = rest.pop().ok_or("expected inputs, found none")?;
    while let Some(next) = rest.pop() {
        let is_kept = |label: char| {
            result.contains(&label) || rest.iter().any(|term| term.labels.contains(&label))
        };
        product = parts.product(product, next, &is_kept)?;
    }
    let product = parts.summed(product, &|label| result.contains(&label))?;
    Ok(vec![parts.in_order(&product, &result)?])
}

impl Parts<'_, '_> {
    /// Returns a term in which no label is twice: two axes of one label become their diagonal.
    fn diagonal(&mut self, mut term: Term) -> Result<Term, String> {
        while let Some((first, second)) = twice(&term.labels) {
            let dims = term.value.dims().to_vec();
            let (side, label) = (dims[first], term.labels[first]);
            if dims[second] != side {
                let found = dims[second];
                return Err(format!(
                    "expected axes of {label} of one extent, found {side} and {found}"
                ));
            }
            let kept = (0..dims.len()).filter(|axis| ![first, second].contains(axis));
            let kept: Vec<usize> = kept.collect();
            let order = [&kept[..], &[first, second]].concat();
            let moved = self.add("Transpose", &[&term.value], &[ints("perm", &order)])?;
            let mut extents: Vec<usize> = kept.iter().map(|&axis| dims[axis]).collect();
            extents.push(side * side);
            let flat = self.add("Reshape", &[&moved, &list(&extents)], &[])?;
            let places: Vec<usize> = (0..side).map(|place| place * (side + 1)).collect();
            let axis = int("axis", kept.len() as i64);
            term.value = self.add("Gather", &[&flat, &list(&places)], &[axis])?;
            term.labels = kept.iter().map(|&axis| term.labels[axis]).collect();
            term.labels.push(label);
        }
        Ok(term)
    }

    /// Returns the product of two terms with the labels that are kept.
    fn product(
        &mut self,
        a: Term,
        b: Term,
        is_kept: &dyn Fn(char) -> bool,
    ) -> Result<Term, String> {
        let a = self.summed(a, &|label| is_kept(label) || b.labels.contains(&label))?;
        let b = self.summed(b, &|label| is_kept(label) || a.labels.contains(&label))?;
        let shared = |label: &char| a.labels.contains(label) && b.labels.contains(label);
        let picked = |labels: &[char], is_wanted: &dyn Fn(char) -> bool| -> Vec<char> {
            let labels = labels.iter().copied();
            labels.filter(|&label| is_wanted(label)).collect()
        };
        let batch = picked(&a.labels, &|label| shared(&label) && is_kept(label));
        let summed = picked(&a.labels, &|label| shared(&label) && !is_kept(label));
        let rows = picked(&a.labels, &|label| !shared(&label));
        let columns = picked(&b.labels, &|label| !shared(&label));
        let left = self.matrices(&a, [&batch, &rows, &summed])?;
        let right = self.matrices(&b, [&batch, &summed, &columns])?;
        let product = self.add("MatMul", &[&left, &right], &[])?;
        let labels = [&batch[..], &rows, &columns].concat();
        // An axis of one value is repeated along that of the other term.
        let extents = labels
            .iter()
            .map(|&label| extent(&a, label).max(extent(&b, label)));
        let extents: Vec<usize> = extents.collect();
        let value = self.add("Reshape", &[&product, &list(&extents)], &[])?;
        Ok(Term { value, labels })
    }

    /// Returns a term as matrices: the axes of the batch, and then one for each of the other groups.
    fn matrices(&mut self, term: &Term, groups: [&[char]; 3]) -> Result<Value, String> {
        let [batch, rows, columns] = groups;
        let ordered = self.in_order(term, &groups.concat())?;
        let mut extents: Vec<usize> = batch.iter().map(|&label| extent(term, label)).collect();
        for group in [rows, columns] {
            extents.push(group.iter().map(|&label| extent(term, label)).product());
        }
        self.add("Reshape", &[&ordered, &list(&extents)], &[])
    }

    /// Returns the sum of a term along the labels that are not kept.
    fn summed(&mut self, term: Term, is_kept: &dyn Fn(char) -> bool) -> Result<Term, String> {
        let labels = term.labels.iter().enumerate();
        let axes = labels.filter(|&(_, &label)| !is_kept(label));
        let axes: Vec<usize> = axes.map(|(axis, _)| axis).collect();
        if axes.is_empty() {
            return Ok(term);
        }
        let keepdims = int("keepdims", 0);
        let value = self.add("ReduceSum", &[&term.value, &list(&axes)], &[keepdims])?;
        let labels = term.labels.into_iter().filter(|&label| is_kept(label));
        let labels = labels.collect();
        Ok(Term { value, labels })
    }

    /// Returns the value of a term with its axes in the order of `labels`.
    fn in_order(&mut self, term: &Term, labels: &[char]) -> Result<Value, String> {
        let place = |label: &char| term.labels.iter().position(|other| other == label);
        let axes: Option<Vec<usize>> = labels.iter().map(place).collect();
        let Some(axes) = axes.filter(|axes| axes.len() == term.labels.len()) else {
            return Err("the result has a label that no input has".to_owned());
        };
        match axes.iter().copied().eq(0..axes.len()) {
            true => Ok(term.value.clone()),
            false => self.add("Transpose", &[&term.value], &[ints("perm", &axes)]),
        }
    }
}

/// Returns the extent of the axis `label`, or 1 if the term has none.
fn extent(term: &Term, label: char) -> usize {
    let place = term.labels.iter().position(|&other| other == label);
    place.map_or(1, |axis| term.value.dims()[axis])
}

/// Returns two axes of the same label, if there are any.
fn twice(labels: &[char]) -> Option<(usize, usize)> {
    let pairs = labels.iter().enumerate().filter_map(|(second, label)| {
        let first = labels[..second].iter().position(|other| other == label)?;
        Some((first, second))
    });
    pairs.min()
}

/// The labels of each input, and of the result. Those of an ellipsis are digits.
struct Equation {
    terms: Vec<Vec<char>>,
    result: Vec<char>,
}

/// The most axes of an ellipsis.
const DIGITS: usize = 10;

impl Equation {
    fn parse(text: &str, ranks: &[usize]) -> Result<Self, String> {
        let invalid = || format!("the equation {text:?} is not supported");
        let plain: String = text.chars().filter(|letter| *letter != ' ').collect();
        let (inputs, result) = match plain.split_once("->") {
            Some((inputs, result)) => (inputs, Some(result)),
            None => (plain.as_str(), None),
        };
        let inputs: Vec<&str> = inputs.split(',').collect();
        if inputs.len() != ranks.len() {
            return Err(invalid());
        }
        // The last digit is the last axis of each ellipsis.
        let digits = |count: usize| -> Vec<char> {
            let digits = (DIGITS - count..DIGITS).map(|digit| (b'0' + digit as u8) as char);
            digits.collect()
        };
        let mut terms = Vec::new();
        let mut widest = 0;
        for (input, &rank) in inputs.iter().zip(ranks) {
            let letters = input.replace("...", "");
            let count = rank
                .checked_sub(letters.len())
                .filter(|&count| count <= DIGITS);
            let count = count.ok_or_else(invalid)?;
            if count > 0 && !input.contains("...") {
                return Err(invalid());
            }
            widest = widest.max(count);
            let labels = with_ellipsis(input, &digits(count)).ok_or_else(invalid)?;
            terms.push(labels);
        }
        let result = match result {
            Some(result) => with_ellipsis(result, &digits(widest)).ok_or_else(invalid)?,
            None => {
                let all: Vec<char> = terms.concat();
                let is_once =
                    |label: &char| all.iter().filter(|other| *other == label).count() == 1;
                let mut letters: Vec<char> = all.iter().copied().filter(is_once).collect();
                letters.retain(char::is_ascii_alphabetic);
                letters.sort_unstable();
                [digits(widest), letters].concat()
            }
        };
        Ok(Self { terms, result })
    }
}

/// Returns the labels of a term with `digits` in place of the ellipsis, or `None` if there are other characters.
fn with_ellipsis(term: &str, digits: &[char]) -> Option<Vec<char>> {
    let (before, after) = term.split_once("...").unwrap_or((term, ""));
    let is_plain = |text: &str| text.chars().all(|letter| letter.is_ascii_alphabetic());
    let has_ellipsis = before.len() < term.len();
    let digits = if has_ellipsis { digits } else { &[] };
    let labels = before
        .chars()
        .chain(digits.iter().copied())
        .chain(after.chars());
    (is_plain(before) && is_plain(after)).then(|| labels.collect())
}
