//! Passes: graph in, graph out. Each is a file of its own and can be switched off by name.
//!
//! A pass looks at one node and answers: it is none of its business, there is a reason to leave it alone,
//! or here is a patch. It changes nothing itself; the driver applies the patches, each one checked.

mod driver;
#[cfg(test)]
mod driver_tests;
mod drop_adaptive_pool;
mod drop_dropout;
mod fold_batch_norm;
mod fuse_activation;
mod fuse_before;
mod fuse_flatten;
mod fuse_pad;
mod fuse_pointwise;
mod fuse_residual;
mod patch;
mod report;

pub use report::{Applied, Refusal, Report};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use patch::Pass;

/// The passes that pay wherever they apply. Each runs only while none before it has anything left to do: what a later one makes
/// possible for an earlier one is done first.
static PASSES: [Pass; 8] = [
    Pass {
        name: "drop_dropout",
        look: drop_dropout::look,
    },
    Pass {
        name: "drop_adaptive_pool",
        look: drop_adaptive_pool::look,
    },
    Pass {
        name: "fold_batch_norm",
        look: fold_batch_norm::look,
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
];

/// Passes that run only where they are asked for, behind the others: what they do is right, and not known to pay.
static OPTIONAL: [Pass; 1] = [Pass {
    name: "fuse_before",
    look: fuse_before::look,
}];

/// Which passes run. Their order is fixed.
#[derive(Clone, Debug)]
pub struct PassSet {
    passes: Vec<&'static Pass>,
}

impl PassSet {
    /// Every pass but those that run only where they are asked for, by [`PassSet::with`] or [`PassSet::only`].
    pub fn all() -> Self {
        Self {
            passes: PASSES.iter().collect(),
        }
    }

    /// No pass: the graph runs as the paper draws it.
    pub fn none() -> Self {
        Self { passes: Vec::new() }
    }

    /// The pass called `name` alone.
    ///
    /// # Errors
    /// [`ErrorKind::Input`], listing the passes, where none is called `name`.
    pub fn only(name: &str) -> Result<Self> {
        Ok(Self {
            passes: vec![find(name)?],
        })
    }

    /// The passes that run only where they are asked for, alone.
    pub fn optional() -> Self {
        Self {
            passes: OPTIONAL.iter().collect(),
        }
    }

    /// The same passes and the one called `name`, in its place.
    ///
    /// # Errors
    /// [`ErrorKind::Input`], listing the passes, where none is called `name`.
    pub fn with(&self, name: &str) -> Result<Self> {
        let added = find(name)?;
        let is_in = |pass: &Pass| pass.name == added.name || self.names().contains(&pass.name);
        Ok(Self {
            passes: every().filter(|pass| is_in(pass)).collect(),
        })
    }

    /// The same passes but the one called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`], listing the passes, where none is called `name`.
    pub fn without(&self, name: &str) -> Result<Self> {
        let left_out = find(name)?;
        let mut passes = self.passes.clone();
        passes.retain(|pass| pass.name != left_out.name);
        Ok(Self { passes })
    }

    /// The names of these passes, in the order in which they run.
    pub fn names(&self) -> Vec<&'static str> {
        self.passes.iter().map(|pass| pass.name).collect()
    }
}

impl Default for PassSet {
    fn default() -> Self {
        Self::all()
    }
}

/// Runs the passes of `set` over `graph` until none has anything left to do. In any case, nodes that no
/// output depends on are dropped.
///
/// # Errors
/// [`ErrorKind::Shape`] for an inconsistent patch: a defect of a pass, named in the message.
pub fn optimize(graph: &Graph, set: &PassSet) -> Result<Graph> {
    driver::run(graph, &set.passes)
}

/// As [`optimize`], telling what was done and what was left alone, and why. With a `limit` it stops after
/// that many patches: whoever looks for the patch that breaks a network bisects over it.
///
/// # Errors
/// As [`optimize`].
pub fn optimize_with_report(
    graph: &Graph,
    set: &PassSet,
    limit: Option<usize>,
) -> Result<(Graph, Report)> {
    driver::run_with_report(graph, &set.passes, limit)
}

/// All passes that there are, in the order in which they run.
fn every() -> impl Iterator<Item = &'static Pass> {
    PASSES.iter().chain(&OPTIONAL)
}

fn find(name: &str) -> Result<&'static Pass> {
    every().find(|pass| pass.name == name).ok_or_else(|| {
        let names: Vec<&str> = every().map(|pass| pass.name).collect();
        Error::new(
            ErrorKind::Input,
            format!("no pass is called {name:?}; there are {}", names.join(", ")),
        )
    })
}
