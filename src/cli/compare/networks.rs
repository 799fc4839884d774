//! `menagerie compare MODEL...`: networks, and options to run them with.

use std::io::Write;
use std::time::Instant;

use clap::{Args, ValueEnum};
use menagerie::gpu::Gpu;
use menagerie::graph::Signature;
use menagerie::network::Device;
use menagerie::passes::PassSet;
use menagerie::profile::{Alternative, time_interleaved};
use menagerie::program::Precision;
use menagerie::weights::{Weights, synthetic_inputs};
use menagerie::zoo;
use menagerie::{Error, ErrorKind, Network, Result, Tensor};
use serde_json::json;

use super::builder::builder;
use super::report::{Report, Row};
use super::{ReportArguments, nothing_to_compare};
use crate::cli::arguments::{Adapter, DimensionArguments, Place, Size, batch_size};
use crate::cli::notices::{NO_ADAPTER, notices};
use crate::cli::output::Failure;
use crate::cli::ports;

#[derive(Args)]
pub struct Networks {
    /// Names of the networks, or paths of ONNX files; weights of the zoo and all inputs are synthetic, because times do not depend on them
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
    #[command(flatten)]
    dimensions: DimensionArguments,
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
    size: Option<Size>,
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
            networks.push(self.open(variant, &mut devices)?);
        }
        let signatures = networks.iter().map(Network::signature);
        let signatures: Vec<Signature> = signatures.collect::<Result<_>>()?;
        let inputs = signatures.iter().zip(&variants);
        let inputs =
            inputs.map(|(signature, variant)| synthetic_inputs(0, variant.batch, signature));
        let inputs: Vec<Vec<Tensor>> = inputs.collect::<Result<_>>()?;
        let adapters = networks.iter().map(|network| network.device().to_string());
        let adapters: Vec<String> = adapters.collect();
        let rows: Vec<Row> = variants
            .iter()
            .zip(&signatures)
            .zip(&adapters)
            .map(|((variant, signature), adapter)| self.row(variant, signature, adapter))
            .collect();
        let named = signatures.iter().zip(&inputs);
        let named = named.map(|(signature, inputs)| signature.named(inputs));
        let runs = variants.iter().zip(&mut networks).zip(named).zip(&rows);
        let alternatives = runs.map(|(((variant, network), inputs), row)| {
            let images = variant.batch as u32;
            Alternative::new(&row.label, move || {
                let begin = Instant::now();
                network.run_named(&inputs)?;
                Ok(begin.elapsed() / images)
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
        let sizes: Vec<Option<Size>> = match self.size.is_empty() {
            true => vec![None],
            false => self.size.iter().copied().map(Some).collect(),
        };
        let mut variants = Vec::new();
        for name in &self.models {
            let network = Network::builder(name);
            network.find()?;
            for adapter in &adapters {
                for &size in &sizes {
                    for &batch in &self.batch {
                        for &passes in &self.passes {
                            for &autotune in &self.autotune {
                                let of_precision = |&precision| Variant {
                                    model: name.clone(),
                                    name: network.network_name(),
                                    adapter: adapter.clone(),
                                    size,
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
    fn row(&self, variant: &Variant, signature: &Signature, adapter: &str) -> Row {
        let on_off = |name: &str, switch: Switch| match switch {
            Switch::On => format!("{name} on"),
            Switch::Off => format!("{name} off"),
        };
        let differing = [
            self.differ_in_adapters().then(|| adapter.to_owned()),
            variant.size.filter(|_| self.size.len() > 1).map(|size| {
                let [height, width] = size.sides();
                format!("{height}x{width}")
            }),
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
                "inputs": ports::value(&signature.inputs),
                "batch": variant.batch,
                "passes": variant.passes == Switch::On,
                "autotune": variant.autotune == Switch::On,
                "precision": variant.precision.name(),
            }),
            cost: None,
        }
    }

    /// Loads and prepares the network of `variant` on one of the `devices`. A new device is added to them.
    fn open(&self, variant: &Variant, devices: &mut Vec<(Place, Device)>) -> Result<Network> {
        let passes = match variant.passes {
            Switch::On => PassSet::all(),
            Switch::Off => PassSet::none(),
        };
        let mut network = builder(&variant.model, &self.models, &self.dimensions);
        // A file has its own weights.
        if zoo::find(&variant.model).is_ok() {
            network = network.weights(Weights::synthetic(0));
        }
        if let Some(size) = variant.size {
            let [height, width] = size.sides();
            network = network.size(height, width);
        }
        let kept = self.keep_f32.iter();
        let network = kept.fold(network, |network, layer| network.keep_f32(layer));
        let mut network = network
            .precision(variant.precision)
            .batch(variant.batch)
            .passes(passes)
            .device(variant.device(devices)?)
            .load()?;
        network.prepare()?;
        Ok(network)
    }
}

impl Variant {
    /// One of the `devices`, or a new one, which is added to them.
    fn device(&self, devices: &mut Vec<(Place, Device)>) -> Result<Device> {
        let place = Place {
            adapter: self.adapter.clone(),
            autotuned: self.autotune == Switch::On,
        };
        if let Some((_, device)) = devices.iter().find(|(other, _)| *other == place) {
            return Ok(device.clone());
        }
        let mut notices = notices(&self.name);
        let device = Device::open(&place.choice(), place.autotuned, &mut notices)?;
        devices.push((place, device.clone()));
        Ok(device)
    }
}
