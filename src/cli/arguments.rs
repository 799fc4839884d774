//! Arguments that several commands take.

use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::Result;
use menagerie::passes::PassSet;

/// Where a network runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Adapter {
    /// The first GPU that there is, or else the reference executor.
    #[default]
    Any,
    /// The reference executor.
    Reference,
    /// The adapter of this place in the list of adapters.
    Index(usize),
    /// The adapter whose name contains this.
    Name(String),
}

impl FromStr for Adapter {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        Ok(if text.eq_ignore_ascii_case("cpu") {
            Adapter::Reference
        } else if let Ok(index) = text.parse() {
            Adapter::Index(index)
        } else {
            Adapter::Name(text.to_owned())
        })
    }
}

/// `--adapter`.
#[derive(Args)]
pub struct AdapterArgument {
    /// Where to run: an adapter's name or part of it, its index in `menagerie adapters`, or `cpu` for
    /// the reference executor
    #[arg(long, value_name = "ADAPTER")]
    adapter: Option<Adapter>,
}

impl AdapterArgument {
    /// The choice made.
    pub fn choice(&self) -> Adapter {
        self.adapter.clone().unwrap_or_default()
    }

    /// The choice made, if one was.
    pub fn named(&self) -> Option<Adapter> {
        self.adapter.clone()
    }
}

/// `--without` and `--no-passes`.
#[derive(Args)]
pub struct PassArguments {
    /// Leave out a pass over the graph; may be given several times
    #[arg(long, value_name = "PASS", conflicts_with = "no_passes")]
    without: Vec<String>,
    /// Run the graph as the paper draws it
    #[arg(long)]
    no_passes: bool,
}

impl PassArguments {
    /// The passes that are left.
    pub fn set(&self) -> Result<PassSet> {
        if self.no_passes {
            return Ok(PassSet::none());
        }
        self.without
            .iter()
            .try_fold(PassSet::all(), |set, name| set.without(name))
    }
}

/// Most images that may go through at once: beyond it only memory grows, not speed.
const LARGEST_BATCH: u64 = 256;

/// Parses a number of images.
pub fn batch_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=LARGEST_BATCH)
}

/// Parses a number of things of which there must be one.
pub fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_cpu_an_index_or_a_name() {
        assert_eq!("CPU".parse(), Ok(Adapter::Reference));
        assert_eq!("1".parse(), Ok(Adapter::Index(1)));
        assert_eq!("llvm".parse(), Ok(Adapter::Name("llvm".into())));
        assert_eq!("-1".parse(), Ok(Adapter::Name("-1".into())));
    }
}
