//! Everything of a file that is not supported, as one message.

use std::collections::BTreeMap;

/// The most names of nodes that are listed for each problem.
const NAMED: usize = 3;

/// The most problems that are listed.
const LISTED: usize = 20;

/// What was refused, by the operation and the reason, with the names of the nodes.
#[derive(Default)]
pub struct Problems {
    nodes: BTreeMap<(String, String), Vec<String>>,
}

impl Problems {
    /// Adds the node `name`.
    pub fn add(&mut self, operation: &str, reason: String, name: &str) {
        let key = (operation.to_owned(), reason);
        self.nodes.entry(key).or_default().push(name.to_owned());
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Lists all problems in one line: `2 Foo (a, b): no such operation; 1 Bar (c): ...`
    pub fn line(&self) -> String {
        let mut listed: Vec<String> = self
            .nodes
            .iter()
            .take(LISTED)
            .map(|((operation, reason), names)| {
                let named = names[..names.len().min(NAMED)].join(", ");
                let more = match names.len() > NAMED {
                    true => ", ...",
                    false => "",
                };
                format!("{} {operation} ({named}{more}): {reason}", names.len())
            })
            .collect();
        if self.nodes.len() > LISTED {
            listed.push(format!("and {} more", self.nodes.len() - LISTED));
        }
        listed.join("; ")
    }
}
