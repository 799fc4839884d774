//! Where to look for weights: what a user names, and what a model has when nothing is named.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::Preprocess;
use crate::weights::{SYNTHETIC, Weights};
use crate::zoo::Model;

/// The model's weights in the Hub's cache.
const HUB: &str = "hub";

/// The folder of weights in a checkout, beside an executable, and wherever users keep them.
const FOLDER: &str = "weights";

/// Where a model's weights come from. Users name them as `synthetic:SEED`, `hub`, or the path of a
/// safetensors file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WeightsSource {
    /// Made-up weights of this seed.
    Synthetic(u64),
    /// A safetensors file.
    File(PathBuf),
    /// The weights inside the library.
    BuiltIn,
    /// What has been downloaded from the model's repository on the Hugging Face Hub.
    Hub,
}

impl WeightsSource {
    /// Where the trained weights of `model` are: built in, or the file `NAME.safetensors` in the folder
    /// `weights` of the current directory, of the checkout, or beside the executable, or in the Hub's cache.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where there are none, saying how to get some.
    pub fn default_for(model: &Model) -> Result<Self> {
        if embedded(model.name).is_some() {
            return Ok(Self::BuiltIn);
        }
        let places = places(model.name);
        if let Some(path) = places.iter().find(|path| path.is_file()) {
            return Ok(Self::File(path.clone()));
        }
        if model
            .repository()
            .is_ok_and(|repository| repository.cached().is_some())
        {
            return Ok(Self::Hub);
        }
        let name = model.name;
        let advice = match model.repository() {
            Ok(repository) => format!("`menagerie fetch {name}` downloads {}", repository.id),
            Err(error) => error.to_string(),
        };
        Err(Error::new(
            ErrorKind::Weights,
            format!(
                "no weights of {name} here ({} not found); {advice}; --weights synthetic:0 makes some up",
                listed(&places),
            ),
        ))
    }

    /// The weights of `model`.
    ///
    /// # Errors
    /// As [`Weights::open`], and [`ErrorKind::Weights`] where the model has none built in or has not been
    /// downloaded; none for synthetic weights.
    pub fn open(&self, model: &Model) -> Result<Weights> {
        match self {
            Self::Synthetic(seed) => Ok(Weights::synthetic(*seed)),
            Self::File(path) => Weights::open(path),
            Self::BuiltIn => match embedded(model.name) {
                Some(bytes) => {
                    Weights::from_bytes(&format!("built-in weights of {}", model.name), bytes)
                }
                None => Err(Error::new(
                    ErrorKind::Weights,
                    format!("no weights of {} are built in", model.name),
                )),
            },
            Self::Hub => {
                let repository = model.repository()?;
                let Some(path) = repository.cached() else {
                    let name = model.name;
                    return Err(Error::new(
                        ErrorKind::Weights,
                        format!("{repository} is not here; `menagerie fetch {name}` downloads it"),
                    ));
                };
                Weights::open(&path)
            }
        }
    }

    /// How a photo becomes the input of `model` with these weights: what is published is evaluated as its
    /// publisher does it, everything else as the reference implementation does.
    pub fn preprocess(&self, model: &Model) -> Preprocess {
        match (self, &model.published) {
            (Self::Hub, Some(published)) => published.preprocess,
            _ => model.preprocess,
        }
    }
}

impl FromStr for WeightsSource {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Weights`] where `synthetic:` is not followed by a seed, or the path is empty.
    fn from_str(text: &str) -> Result<Self> {
        if text == HUB {
            return Ok(Self::Hub);
        }
        let Some(seed) = text.strip_prefix(SYNTHETIC) else {
            if text.is_empty() {
                return Err(Error::new(
                    ErrorKind::Weights,
                    "expected a safetensors file, hub or synthetic:SEED, found nothing",
                ));
            }
            return Ok(Self::File(text.into()));
        };
        match seed.parse() {
            Ok(seed) => Ok(Self::Synthetic(seed)),
            Err(_) => Err(Error::new(
                ErrorKind::Weights,
                format!(
                    "{text:?}: expected a whole number from 0 to {} as seed, found {seed:?}",
                    u64::MAX
                ),
            )),
        }
    }
}

impl std::fmt::Display for WeightsSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Synthetic(seed) => write!(f, "{SYNTHETIC}{seed}"),
            Self::File(path) => path.display().fmt(f),
            Self::BuiltIn => f.write_str("built in"),
            Self::Hub => f.write_str(HUB),
        }
    }
}

/// Weights inside the library.
fn embedded(name: &str) -> Option<&'static [u8]> {
    match name {
        #[cfg(feature = "embedded-weights")]
        "mobilenet_v2" => Some(include_bytes!("../../../weights/mobilenet_v2.safetensors")),
        #[cfg(feature = "embedded-weights")]
        "unet_small" => Some(include_bytes!("../../../weights/unet_small.safetensors")),
        _ => None,
    }
}

/// Where the weights file of the model `name` may lie, in the order of search.
fn places(name: &str) -> Vec<PathBuf> {
    let file = format!("{name}.safetensors");
    let mut places = vec![Path::new(FOLDER).join(&file)];
    // Where the crate was built; gone or someone else's once the executable has moved.
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    if checkout.is_dir() {
        places.push(checkout.join(&file));
    }
    if let Ok(executable) = std::env::current_exe()
        && let Some(folder) = executable.parent()
    {
        places.push(folder.join(FOLDER).join(&file));
    }
    places
}

fn listed(places: &[PathBuf]) -> String {
    let places: Vec<String> = places
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    places.join(", ")
}
