//! Point-wise nodes as formulas of values.

use crate::graph::{Draft, MAX_STEPS, Node, NodeId, Pointwise, ValueId};

/// A point-wise node: a formula of different values.
pub(super) struct Expression {
    pub(super) formula: Pointwise,
    /// The value that each operand is.
    pub(super) reads: Vec<ValueId>,
}

impl Expression {
    /// Returns `None` if `node` is not point-wise.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let formula = node.op().as_pointwise()?.then(node.post());
        let all: Vec<ValueId> = node.reads().collect();
        let mut reads = Vec::with_capacity(all.len());
        let formula = formula.renumbered(|operand| place_of(&mut reads, all[operand]));
        Some(Self { formula, reads })
    }

    /// Returns the result of node `id` as a formula of `stop` and of values that are not point-wise. Returns `None` if `id`
    /// is not point-wise or the formula is too long.
    pub(super) fn expanded(draft: &Draft, id: NodeId, stop: ValueId) -> Option<Self> {
        let mut whole = Self::of(draft.node(id))?;
        loop {
            let inner = whole.reads.iter().find_map(|&read| {
                let (_, producer) = draft.producer(read)?;
                let is_inner = read != stop && !draft.value(read).is_constant();
                Some((read, Self::of(producer).filter(|_| is_inner)?))
            });
            let Some((read, inner)) = inner else {
                return Some(whole);
            };
            whole = whole.with(read, &inner);
            if whole.formula.steps().len() > MAX_STEPS {
                return None;
            }
        }
    }

    /// Returns the expression where `operand` is computed by `inner`.
    pub(super) fn with(&self, operand: ValueId, inner: &Self) -> Self {
        let mut reads = Vec::new();
        let mut others = Vec::new();
        // In the order in which both read them.
        let mut own = Vec::with_capacity(self.reads.len());
        for &read in &self.reads {
            own.push(match read == operand {
                true => {
                    let inner = inner.reads.iter();
                    others.extend(inner.map(|&read| place_of(&mut reads, read)));
                    None
                }
                false => Some(place_of(&mut reads, read)),
            });
        }
        let inner = inner.formula.renumbered(|index| others[index]);
        let formula = self.formula.with_operands(|index| match own[index] {
            Some(place) => Pointwise::operand(place),
            None => inner.clone(),
        });
        Self { formula, reads }
    }
}

/// Returns the place of `read` in `reads`, and appends it if it is not there.
fn place_of(reads: &mut Vec<ValueId>, read: ValueId) -> usize {
    match reads.iter().position(|&other| other == read) {
        Some(place) => place,
        None => {
            reads.push(read);
            reads.len() - 1
        }
    }
}
