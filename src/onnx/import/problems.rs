//! Everything of a file that is not supported, as one message.

use std::collections::BTreeMap;

/// The most names of nodes that are listed for each problem.
const NAMED: usize = 3;

/// The most reasons, and the most operations of each, that are listed.
const LISTED: usize = 20;

/// The most letters of a reason. It may list numbers of the file, of which there may be any count.
const LONGEST: usize = 400;

/// What was refused, by the reason and the operation, with the names of the nodes.
#[derive(Default)]
pub struct Problems {
    nodes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Problems {
    /// Adds the node `name`.
    pub fn add(&mut self, operation: &str, reason: String, name: &str) {
        let of_reason = self.nodes.entry(shortened(reason)).or_default();
        let names = of_reason.entry(operation.to_owned()).or_default();
        names.push(name.to_owned());
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Lists all problems in one line: `2 Foo (a, b), 1 Bar (c): no such operation; 1 Baz (d): ...`
    pub fn line(&self) -> String {
        let mut listed = Vec::new();
        for (reason, operations) in self.nodes.iter().take(LISTED) {
            let named: Vec<String> = operations
                .iter()
                .take(LISTED)
                .map(|(operation, names)| {
                    let named = names[..names.len().min(NAMED)].join(", ");
                    let more = if names.len() > NAMED { ", ..." } else { "" };
                    format!("{} {operation} ({named}{more})", names.len())
                })
                .collect();
            let more = match operations.len().checked_sub(LISTED) {
                Some(count @ 1..) => format!(" and {count} more"),
                _ => String::new(),
            };
            listed.push(format!("{}{more}: {reason}", named.join(", ")));
        }
        if self.nodes.len() > LISTED {
            listed.push(format!("and {} more", self.nodes.len() - LISTED));
        }
        listed.join("; ")
    }
}

fn shortened(reason: String) -> String {
    match reason.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &reason[..end]),
        None => reason,
    }
}
