//! Arguments that several commands take.

use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::network::{Device, DeviceChoice, NetworkBuilder};
use menagerie::passes::PassSet;
use menagerie::tensor::Shape;
use menagerie::zoo::Model;
use menagerie::{Network, Result};

use super::notices::notices;

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

/// Where a network runs, and whether it is planned by what was tried there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub adapter: Adapter,
    /// Whether plans follow what `menagerie autotune` remembers.
    pub autotuned: bool,
}

impl Place {
    /// The device that is meant.
    pub fn choice(&self) -> DeviceChoice {
        match &self.adapter {
            Adapter::Any => DeviceChoice::Any,
            Adapter::Reference => Device::Reference.into(),
            Adapter::Index(index) => AdapterChoice::Index(*index).into(),
            Adapter::Name(name) => AdapterChoice::Name(name.clone()).into(),
        }
    }

    /// The GPU that is meant, for what needs kernels; none where it is the reference executor.
    ///
    /// # Errors
    /// As `Gpu::open`.
    pub fn gpu(&self) -> Result<Option<Gpu>> {
        let choice = match self.choice() {
            DeviceChoice::Any => AdapterChoice::Default.into(),
            choice => choice,
        };
        let device = Device::open(&choice, self.autotuned, &mut notices(""))?;
        Ok(device.gpu().cloned())
    }
}

/// `--adapter` and `--no-autotune`.
#[derive(Args)]
pub struct AdapterArgument {
    /// Where to run: an adapter's name or part of it, its index in `menagerie adapters`, or `cpu` for
    /// the reference executor
    #[arg(long, value_name = "ADAPTER")]
    adapter: Option<Adapter>,
    /// Plan as if `menagerie autotune` had remembered nothing
    #[arg(long)]
    no_autotune: bool,
}

impl AdapterArgument {
    /// The choice made.
    pub fn choice(&self) -> Place {
        self.named().unwrap_or(Place {
            adapter: Adapter::Any,
            autotuned: !self.no_autotune,
        })
    }

    /// The choice made, if one was.
    pub fn named(&self) -> Option<Place> {
        let adapter = self.adapter.clone()?;
        Some(Place {
            adapter,
            autotuned: !self.no_autotune,
        })
    }

    /// `network` on the device of the choice made.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        let place = self.choice();
        network.device(place.choice()).autotuned(place.autotuned)
    }
}

/// `--with`, `--without` and `--no-passes`.
#[derive(Args)]
pub struct PassArguments {
    /// Leave out a pass over the graph; may be given several times
    #[arg(long, value_name = "PASS", conflicts_with = "no_passes")]
    without: Vec<String>,
    /// Run a pass over the graph that runs only where it is asked for; may be given several times
    #[arg(long, value_name = "PASS", conflicts_with = "no_passes")]
    with: Vec<String>,
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
        let mut with = self.with.iter();
        let set = with.try_fold(PassSet::all(), |set, name| set.with(name))?;
        self.without
            .iter()
            .try_fold(set, |set, name| set.without(name))
    }
}

/// `--size`.
#[derive(Args)]
pub struct SizeArgument {
    /// Size of the network's input instead of its usual one: a side of a square, or HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    size: Option<Size>,
}

impl SizeArgument {
    /// Shape of the images that `model` is to take.
    pub fn shape(&self, model: &Model) -> Shape {
        match self.size {
            Some(size) => size.with_channels(model.input.channels),
            None => model.input,
        }
    }

    /// `network` for images of this size, if one was given.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        match self.size {
            Some(Size { height, width }) => network.size(height, width),
            None => network,
        }
    }
}

/// The network of a command that runs, times or plans one: its name, `--batch`, `--size`, `--adapter` and
/// passes.
#[derive(Args)]
pub struct NetworkArguments {
    /// Name of the network
    pub model: String,
    /// Images that go through at once
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    pub batch: usize,
    #[command(flatten)]
    pub size: SizeArgument,
    #[command(flatten)]
    pub adapter: AdapterArgument,
    #[command(flatten)]
    pub passes: PassArguments,
}

impl NetworkArguments {
    /// The network as these arguments ask for it.
    ///
    /// # Errors
    /// As [`PassArguments::set`].
    pub fn builder<'a>(&self) -> Result<NetworkBuilder<'a>> {
        let network = Network::builder(&self.model)
            .batch(self.batch)
            .passes(self.passes.set()?)
            .on_notice(notices(&self.model));
        Ok(self.adapter.apply(self.size.apply(network)))
    }
}

/// Height and width of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    height: usize,
    width: usize,
}

impl Size {
    /// The shape of such an image.
    pub fn with_channels(self, channels: usize) -> Shape {
        Shape::new(channels, self.height, self.width)
    }
}

/// Longest side: an image of it takes a gigabyte as a tensor.
const LARGEST_SIDE: usize = 8192;

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (height, width) = text.split_once('x').unwrap_or((text, text));
        match (height.parse(), width.parse()) {
            (Ok(height), Ok(width))
                if [height, width]
                    .iter()
                    .all(|side| (1..=LARGEST_SIDE).contains(side)) =>
            {
                Ok(Self { height, width })
            }
            _ => Err(format!(
                "expected a side or HEIGHTxWIDTH, each from 1 to {LARGEST_SIDE}"
            )),
        }
    }
}

/// Most images that may go through at once: beyond it only memory grows, not speed.
const LARGEST_BATCH: u64 = 256;

/// Parses a number of images.
pub fn batch_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=LARGEST_BATCH)
}

/// Most runs, rounds or guesses: more are a slip, and the times of all would not fit into memory.
const LARGEST_COUNT: u64 = 1_000_000;

/// Parses a number of runs, rounds or guesses.
pub fn count() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=LARGEST_COUNT)
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

    #[test]
    fn a_size_is_a_side_or_two() {
        let size = |height, width| Ok(Size { height, width });
        assert_eq!("320".parse(), size(320, 320));
        assert_eq!("320x256".parse(), size(320, 256));
        for text in [
            "",
            "0",
            "0x8",
            "8x",
            "x8",
            "8x8x8",
            "-8",
            "8193",
            "1e3",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
