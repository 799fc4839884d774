//! Arguments that several commands take.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::network::{Device, DeviceChoice, NetworkBuilder};
use menagerie::passes::PassSet;
use menagerie::tensor::Shape;
use menagerie::{Labels, Network, Result};

use super::notices::{notices, notices_about_tensors};
use super::precision::PrecisionArguments;

/// Where a network runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Adapter {
    /// The first GPU, or the reference executor if there is none.
    #[default]
    Any,
    /// The reference executor.
    Reference,
    /// The adapter with this index in the list of adapters.
    Index(usize),
    /// The adapter whose name contains this.
    Name(String),
}

impl FromStr for Adapter {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        let reference = ["cpu", &Device::Reference.to_string()];
        let is_reference = |name: &&str| text.eq_ignore_ascii_case(name);
        Ok(if reference.iter().any(is_reference) {
            Adapter::Reference
        } else if let Ok(index) = text.parse() {
            Adapter::Index(index)
        } else {
            Adapter::Name(text.to_owned())
        })
    }
}

/// Where a network runs, and whether plans use the tuning of that device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The adapter.
    pub adapter: Adapter,
    /// Whether plans use the results of `menagerie autotune`.
    pub autotuned: bool,
}

impl Place {
    /// The device as a choice of the library.
    pub fn choice(&self) -> DeviceChoice {
        match &self.adapter {
            Adapter::Any => DeviceChoice::Any,
            Adapter::Reference => Device::Reference.into(),
            Adapter::Index(index) => AdapterChoice::Index(*index).into(),
            Adapter::Name(name) => AdapterChoice::Name(name.clone()).into(),
        }
    }

    /// The GPU, for commands that need kernels. `None` for the reference executor.
    ///
    /// # Errors
    /// The same as `Gpu::open`.
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
    /// Ignore the results of `menagerie autotune`
    #[arg(long)]
    no_autotune: bool,
}

impl AdapterArgument {
    /// The adapter that was chosen, or the default.
    pub fn choice(&self) -> Place {
        self.named().unwrap_or(Place {
            adapter: Adapter::Any,
            autotuned: !self.no_autotune,
        })
    }

    /// The adapter that was chosen, if any.
    pub fn named(&self) -> Option<Place> {
        let adapter = self.adapter.clone()?;
        Some(Place {
            adapter,
            autotuned: !self.no_autotune,
        })
    }

    /// Sets the device of `network`.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        let place = self.choice();
        network.device(place.choice()).autotuned(place.autotuned)
    }
}

/// `--without` and `--no-passes`.
#[derive(Args)]
pub struct PassArguments {
    /// Leave out this graph pass; can be repeated
    #[arg(long, value_name = "PASS", conflicts_with = "no_passes")]
    without: Vec<String>,
    /// Run the graph without any pass, as in the paper
    #[arg(long)]
    no_passes: bool,
}

impl PassArguments {
    /// The passes to run.
    pub fn set(&self) -> Result<PassSet> {
        if self.no_passes {
            return Ok(PassSet::none());
        }
        let mut without = self.without.iter();
        without.try_fold(PassSet::all(), |set, name| set.without(name))
    }
}

/// `--size` and `--dimension`.
#[derive(Args)]
pub struct SizeArgument {
    /// Size of the network's input: one number for a square, or HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    size: Option<Size>,
    #[command(flatten)]
    dimensions: DimensionArguments,
}

impl SizeArgument {
    /// Whether a size was given.
    pub fn is_given(&self) -> bool {
        self.size.is_some()
    }

    /// Sets the input size of `network`, if one was given.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        let network = self.dimensions.apply(network);
        match self.size {
            Some(Size { height, width }) => network.size(height, width),
            None => network,
        }
    }
}

/// `--dimension`.
#[derive(Args)]
pub struct DimensionArguments {
    /// Set the extent that an ONNX file leaves open under this name; can be repeated
    #[arg(long, value_name = "NAME=N")]
    dimension: Vec<Dimension>,
}

impl DimensionArguments {
    /// Sets the extents of `network` that were given.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        self.dimension.iter().fold(network, |network, dimension| {
            network.dimension(&dimension.name, dimension.extent)
        })
    }
}

/// An extent and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Dimension {
    name: String,
    extent: usize,
}

impl FromStr for Dimension {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        // Names can have this character, as in `height=width`.
        let parts = text.rsplit_once('=');
        let parts = parts.and_then(|(name, extent)| Some((name, extent.parse().ok()?)));
        match parts {
            Some((name, extent)) if !name.is_empty() && extent > 0 => Ok(Self {
                name: name.to_owned(),
                extent,
            }),
            _ => Err("expected NAME=N with a number of at least 1".to_owned()),
        }
    }
}

/// `--labels`.
#[derive(Args)]
pub struct LabelsArgument {
    /// Names of the classes: a file with a name in each line, WordNet ids and names, or JSON by index
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
}

impl LabelsArgument {
    /// Sets the labels of `network`, if they were given.
    ///
    /// # Errors
    /// The same as `Labels::read`.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> Result<NetworkBuilder<'a>> {
        Ok(match &self.labels {
            Some(path) => network.labels(Labels::read(path)?),
            None => network,
        })
    }
}

/// The network to run, time or plan: its name, `--batch`, `--size`, `--adapter`, passes and precision.
#[derive(Args)]
pub struct NetworkArguments {
    /// Name of the network, or the path of an ONNX file
    pub model: String,
    /// Number of images in a batch
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    pub batch: usize,
    #[command(flatten)]
    pub size: SizeArgument,
    #[command(flatten)]
    pub adapter: AdapterArgument,
    #[command(flatten)]
    pub passes: PassArguments,
    #[command(flatten)]
    pub precision: PrecisionArguments,
}

impl NetworkArguments {
    /// The builder of the network with these arguments.
    ///
    /// # Errors
    /// The same as [`PassArguments::set`].
    pub fn builder<'a>(&self) -> Result<NetworkBuilder<'a>> {
        let network = Network::builder(&self.model)
            .batch(self.batch)
            .passes(self.passes.set()?)
            .on_notice(notices_about_tensors(&self.model));
        let network = self.precision.apply(self.size.apply(network));
        Ok(self.adapter.apply(network))
    }
}

/// Height and width of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    height: usize,
    width: usize,
}

impl Size {
    /// Height and width.
    pub fn sides(self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// The shape of such an image.
    pub fn with_channels(self, channels: usize) -> Shape {
        Shape::new(channels, self.height, self.width)
    }
}

/// The longest side. A square image of this size is a tensor of about a gigabyte.
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
                "expected SIZE or HEIGHTxWIDTH, each from 1 to {LARGEST_SIDE}"
            )),
        }
    }
}

/// The largest batch. A larger one needs more memory and is not faster.
const LARGEST_BATCH: u64 = 256;

/// Parses a number of images.
pub fn batch_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=LARGEST_BATCH)
}

/// The most runs, rounds or guesses. A larger number is a mistake, and the times of all would not fit into memory.
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
        assert_eq!("cpu (reference executor)".parse(), Ok(Adapter::Reference));
        assert_eq!("1".parse(), Ok(Adapter::Index(1)));
        assert_eq!("llvm".parse(), Ok(Adapter::Name("llvm".into())));
        assert_eq!("-1".parse(), Ok(Adapter::Name("-1".into())));
    }

    #[test]
    fn a_dimension_has_a_name_and_a_number() {
        let dimension = |name: &str, extent| {
            let name = name.to_owned();
            Ok(Dimension { name, extent })
        };
        assert_eq!("seq=7".parse(), dimension("seq", 7));
        assert_eq!("a=b=7".parse(), dimension("a=b", 7));
        for text in ["", "seq", "=7", "seq=", "seq=0", "seq=-1", "seq=1.5"] {
            assert!(text.parse::<Dimension>().is_err(), "{text}");
        }
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
