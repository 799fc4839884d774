//! Passes: rewrites of a graph. Each pass has its own file and can be switched off by name.
//!
//! A pass looks at one node and returns one of three outcomes: no match, a reason why it does not apply, or a
//! patch. It does not edit the graph. The driver applies the patches and checks each one.

mod axes;
mod driver;
#[cfg(test)]
mod driver_tests;
mod drop_adaptive_pool;
mod drop_dropout;
mod expression;
mod fold_affine;
mod fold_batch_norm;
mod fuse_activation;
mod fuse_before;
mod fuse_expressions;
mod fuse_flatten;
mod fuse_layer_norm;
mod fuse_pad;
mod fuse_pointwise;
mod fuse_residual;
mod name_activation;
mod patch;
mod report;
mod sink_reshape;
mod sink_transpose;

pub use report::{Applied, Refusal, Report};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use patch::Pass;

/// The passes that make every network faster. A pass runs only while no earlier pass matches: if a later pass
/// creates a match for an earlier one, the earlier one runs first.
static PASSES: [Pass; 15] = [
    Pass {
        name: "drop_dropout",
        look: drop_dropout::look,
    },
    Pass {
        name: "drop_adaptive_pool",
        look: drop_adaptive_pool::look,
    },
    Pass {
        name: "sink_transpose",
        look: sink_transpose::look,
    },
    Pass {
        name: "sink_reshape",
        look: sink_reshape::look,
    },
    Pass {
        name: "fuse_layer_norm",
        look: fuse_layer_norm::look,
    },
    Pass {
        name: "fold_batch_norm",
        look: fold_batch_norm::look,
    },
    Pass {
        name: "fold_affine",
        look: fold_affine::look,
    },
    Pass {
        name: "name_activation",
        look: name_activation::look,
    },
    Pass {
        name: "fuse_activation",
        look: fuse_activation::look,
    },
    Pass {
        name: "fuse_residual",
        look: fuse_residual::look,
    },
    Pass {
        name: "fuse_expressions",
        look: fuse_expressions::look,
    },
    Pass {
        name: "fuse_pointwise",
        look: fuse_pointwise::look,
    },
    Pass {
        name: "fuse_pad",
        look: fuse_pad::look,
    },
    Pass {
        name: "fuse_flatten",
        look: fuse_flatten::look,
    },
    Pass {
        name: "fuse_before",
        look: fuse_before::look,
    },
];

/// A selection of passes. They always run in the same order.
#[derive(Clone, Debug)]
pub struct PassSet {
    passes: Vec<&'static Pass>,
}

impl PassSet {
    /// Returns all passes.
    pub fn all() -> Self {
        Self {
            passes: PASSES.iter().collect(),
        }
    }

    /// Returns the empty selection: the graph runs as its paper describes it.
    pub fn none() -> Self {
        Self { passes: Vec::new() }
    }

    /// Returns the pass called `name` alone.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if no pass is called `name`. The message lists all passes.
    pub fn only(name: &str) -> Result<Self> {
        Ok(Self {
            passes: vec![find(name)?],
        })
    }

    /// Returns the same passes and the one called `name`, which runs at its usual position.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if no pass is called `name`. The message lists all passes.
    pub fn with(&self, name: &str) -> Result<Self> {
        let added = find(name)?;
        let is_in = |pass: &Pass| pass.name == added.name || self.names().contains(&pass.name);
        Ok(Self {
            passes: PASSES.iter().filter(|pass| is_in(pass)).collect(),
        })
    }

    /// Returns the same passes without the one called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if no pass is called `name`. The message lists all passes.
    pub fn without(&self, name: &str) -> Result<Self> {
        let left_out = find(name)?;
        let mut passes = self.passes.clone();
        passes.retain(|pass| pass.name != left_out.name);
        Ok(Self { passes })
    }

    /// Returns the names of the passes in the order in which they run.
    pub fn names(&self) -> Vec<&'static str> {
        self.passes.iter().map(|pass| pass.name).collect()
    }
}

impl Default for PassSet {
    fn default() -> Self {
        Self::all()
    }
}

/// Applies the passes of `set` to `graph` until none of them matches. Nodes that no output depends on are removed,
/// even if `set` is empty.
///
/// # Errors
/// [`ErrorKind::Shape`] for an inconsistent patch. This is a defect of a pass; the message names it.
pub fn optimize(graph: &Graph, set: &PassSet) -> Result<Graph> {
    driver::run(graph, &set.passes)
}

/// Does the same as [`optimize`], and reports what was done and what was refused, with the reasons. If there is a
/// `limit`, stops after that number of patches. A binary search over the limit finds the patch that breaks a
/// network.
///
/// # Errors
/// The same as [`optimize`].
pub fn optimize_with_report(
    graph: &Graph,
    set: &PassSet,
    limit: Option<usize>,
) -> Result<(Graph, Report)> {
    driver::run_with_report(graph, &set.passes, limit)
}

fn find(name: &str) -> Result<&'static Pass> {
    PASSES.iter().find(|pass| pass.name == name).ok_or_else(|| {
        let names: Vec<&str> = PASSES.iter().map(|pass| pass.name).collect();
        Error::new(
            ErrorKind::Input,
            format!("no pass is called {name:?}; there are {}", names.join(", ")),
        )
    })
}
