//! `menagerie compare MODEL...`: networks, and options to run them with.

use std::io::Write;
use std::time::Instant;

use clap::{Args, ValueEnum};
use menagerie::gpu::Gpu;
use menagerie::network::Device;
use menagerie::passes::PassSet;
use menagerie::profile::{Alternative, time_interleaved};
use menagerie::program::Precision;
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::zoo;
use menagerie::{Error, ErrorKind, Network, Result};
use serde_json::json;

use super::report::{Report, Row};
use super::{ReportArguments, nothing_to_compare};
use crate::cli::arguments::{Adapter, Place, Size, batch_size};
use crate::cli::notices::{NO_ADAPTER, notices};
use crate::cli::output::Failure;

#[derive(Args)]
pub struct Networks {
    /// Names of the networks; the weights are synthetic, because times do not depend on them
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<String>,
    /// Where to run, as in other commands; can be repeated, and `all` is every GPU adapter
    #[arg(long, value_name = "ADAPTER")]
    adapter: Vec<String>,
    /// Numbers of images in a batch, such as `1,8`; times are for one image
    #[arg(long, value_delimiter = ',', default_value = "1", value_parser = batch_size())]
    batch: Vec<usize>,
    /// Sizes of the input, such as `224,320x256`
    #[arg(long, value_delimiter = ',', value_name = "SIZE")]
    size: Vec<Size>,
    /// With all graph passes, without any, or both: `on,off`
    #[arg(long, value_delimiter = ',', default_value = "on")]
    passes: Vec<Switch>,
    /// With the results of `menagerie autotune`, without them, or both: `off,on`
    #[arg(long, value_delimiter = ',', default_value = "on")]
    autotune: Vec<Switch>,
    /// Precisions of weights and activations, such as `f32,f16-storage`
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "PRECISION",
        default_value = "f32"
    )]
    precision: Vec<Precision>,
    /// Keep this layer or module in f32; can be repeated
    #[arg(long, value_name = "LAYER")]
    keep_f32: Vec<String>,
    #[command(flatten)]
    report: ReportArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// A network, and the options to run it with.
struct Variant {
    /// The name of the network, or the path of an ONNX file.
    model: String,
    /// The name in the table.
    name: String,
    adapter: Adapter,
    input: Shape,
    batch: usize,
    passes: Switch,
    autotune: Switch,
    precision: Precision,
}

impl Networks {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let variants = self.variants()?;
        if variants.len() < 2 {
            return Err(nothing_to_compare(
                "expected two networks, adapters, batches, sizes or precisions, or `--passes on,off`",
            )
            .into());
        }
        let mut networks = Vec::new();
        let mut devices = Vec::new();
        for variant in &variants {
            networks.push(variant.open(&self.keep_f32, &mut devices)?);
        }
        let adapters = networks.iter().map(|network| network.device().to_string());
        let adapters: Vec<String> = adapters.collect();
        let rows: Vec<Row> = variants
            .iter()
            .zip(&adapters)
            .map(|(variant, adapter)| self.row(variant, adapter))
            .collect();
        let runs = variants.iter().zip(networks.iter_mut()).zip(&rows);
        let alternatives = runs.map(|((variant, network), row)| {
            let input = synthetic_input(0, variant.batch, variant.input);
            Alternative::new(&row.label, move || {
                let begin = Instant::now();
                network.run(&input)?;
                Ok(begin.elapsed() / input.batch() as u32)
            })
        });
        let times = time_interleaved(alternatives.collect(), self.report.rounds)?;
        let report = Report {
            title: self.title(&adapters),
            unit: "an image",
            roofline: None,
            rows,
            times,
            notes: Vec::new(),
        };
        report.write(out, &self.report)
    }

    /// The title: what all variants have in common.
    fn title(&self, adapters: &[String]) -> String {
        match self.differ_in_adapters() {
            true => "wall time, from input to answer".to_owned(),
            false => format!("wall time, from input to answer, on {}", adapters[0]),
        }
    }

    fn differ_in_adapters(&self) -> bool {
        self.adapter.len() > 1
            || self
                .adapter
                .iter()
                .any(|text| text.eq_ignore_ascii_case("all"))
    }

    /// All combinations of the options.
    fn variants(&self) -> Result<Vec<Variant>> {
        let adapters = self.adapters()?;
        let mut variants = Vec::new();
        for name in &self.models {
            let mut network = Network::builder(name);
            let usual = network.input_shape()?;
            let inputs: Vec<Shape> = match self.size.as_slice() {
                [] => vec![usual],
                sizes => {
                    let channels = usual.channels;
                    let shapes = sizes.iter().map(|size| size.with_channels(channels));
                    shapes.collect()
                }
            };
            for adapter in &adapters {
                for &input in &inputs {
                    for &batch in &self.batch {
                        for &passes in &self.passes {
                            for &autotune in &self.autotune {
                                let of_precision = |&precision| Variant {
                                    model: name.clone(),
                                    name: network.network_name(),
                                    adapter: adapter.clone(),
                                    input,
                                    batch,
                                    passes,
                                    autotune,
                                    precision,
                                };
                                variants.extend(self.precision.iter().map(of_precision));
                            }
                        }
                    }
                }
            }
        }
        Ok(variants)
    }

    fn adapters(&self) -> Result<Vec<Adapter>> {
        if self.adapter.is_empty() {
            return Ok(vec![Adapter::Any]);
        }
        let mut adapters = Vec::new();
        for text in &self.adapter {
            if text.eq_ignore_ascii_case("all") {
                adapters.extend((0..Gpu::adapters().len()).map(Adapter::Index));
            } else {
                let Ok(adapter) = text.parse();
                adapters.push(adapter);
            }
        }
        match adapters.is_empty() {
            true => Err(Error::new(ErrorKind::Adapter, NO_ADAPTER)),
            false => Ok(adapters),
        }
    }

    /// The label and the facts of a variant. The label has the network, and the options that differ.
    fn row(&self, variant: &Variant, adapter: &str) -> Row {
        let Shape {
            channels,
            height,
            width,
        } = variant.input;
        let on_off = |name: &str, switch: Switch| match switch {
            Switch::On => format!("{name} on"),
            Switch::Off => format!("{name} off"),
        };
        let differing = [
            self.differ_in_adapters().then(|| adapter.to_owned()),
            (self.size.len() > 1).then(|| format!("{height}x{width}")),
            (self.batch.len() > 1).then(|| format!("batch {}", variant.batch)),
            (self.passes.len() > 1).then(|| on_off("passes", variant.passes)),
            (self.autotune.len() > 1).then(|| on_off("autotune", variant.autotune)),
            (self.precision.len() > 1).then(|| variant.precision.to_string()),
        ];
        let parts = [Some(variant.name.clone())];
        let parts: Vec<String> = parts.into_iter().chain(differing).flatten().collect();
        Row {
            label: parts.join(", "),
            facts: json!({
                "model": variant.name,
                "adapter": adapter,
                "input": [channels, height, width],
                "batch": variant.batch,
                "passes": variant.passes == Switch::On,
                "autotune": variant.autotune == Switch::On,
                "precision": variant.precision.name(),
            }),
            cost: None,
        }
    }
}

impl Variant {
    /// Loads and prepares the network on one of the `devices`. A new device is added to them.
    fn open(&self, keep_f32: &[String], devices: &mut Vec<(Place, Device)>) -> Result<Network> {
        let passes = match self.passes {
            Switch::On => PassSet::all(),
            Switch::Off => PassSet::none(),
        };
        let place = Place {
            adapter: self.adapter.clone(),
            autotuned: self.autotune == Switch::On,
        };
        let known = devices.iter().find(|(other, _)| *other == place);
        let device = match known {
            Some((_, device)) => device.clone(),
            None => {
                let mut notices = notices(&self.name);
                let device = Device::open(&place.choice(), place.autotuned, &mut notices)?;
                devices.push((place, device.clone()));
                device
            }
        };
        let network = Network::builder(&self.model);
        // A file has its own weights.
        let network = match zoo::find(&self.model) {
            Ok(_) => network.weights(Weights::synthetic(0)),
            Err(_) => network,
        };
        let kept = keep_f32.iter();
        let network = kept.fold(network, |network, layer| network.keep_f32(layer));
        let mut network = network
            .precision(self.precision)
            .size(self.input.height, self.input.width)
            .batch(self.batch)
            .passes(passes)
            .device(device)
            .load()?;
        network.prepare()?;
        Ok(network)
    }
}
