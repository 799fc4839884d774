//! Names of layers that have none in Keras's source.

use std::collections::BTreeMap;

/// Counts layers of each class as Keras does in a new session: `conv2d`, `conv2d_1`, `conv2d_2`.
#[derive(Default)]
pub struct Unnamed {
    counts: BTreeMap<&'static str, usize>,
}

impl Unnamed {
    /// The name of the next layer of `class`, which is written as Keras writes it in names.
    pub fn next(&mut self, class: &'static str) -> String {
        let count = self.counts.entry(class).or_default();
        let name = match *count {
            0 => class.to_owned(),
            count => format!("{class}_{count}"),
        };
        *count += 1;
        name
    }
}
