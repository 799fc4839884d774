//! Sources of weights: those that a user names, and the default of a model.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::weights::{SYNTHETIC, Weights};
use crate::zoo::{Checkpoint, Model, Publisher};

/// The model's weights in the Hub's cache.
const HUB: &str = "hub";

/// The folder of weights in a checkout, next to an executable, or in the current directory.
const FOLDER: &str = "weights";

/// The source of a model's weights. Its text is `synthetic:SEED`, `hub`, or the path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WeightsSource {
    /// Synthetic weights with this seed.
    Synthetic(u64),
    /// A file that [`Weights::open`] takes.
    File(PathBuf),
    /// The weights in the library.
    BuiltIn,
    /// The downloaded file of the model's repository on the Hugging Face Hub.
    Hub,
}

impl WeightsSource {
    /// Finds the trained weights of `model`: built in, or the file `NAME.safetensors` in the folder `weights` of the
    /// current directory, of the checkout, or next to the executable, or in the Hub's cache, or the file of
    /// [`Model::torchvision_file`] in the cache of `torch.hub`.
    ///
    /// # Errors
    /// [`ErrorKind::MissingWeights`] if they are not on this machine but on the Hub or torchvision's server,
    /// [`ErrorKind::UnpublishedWeights`] if they are on neither.
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
        let torchvision = model.torchvision_file();
        if let Some(path) = torchvision.and_then(|file| file.cached()) {
            return Ok(Self::File(path));
        }
        let (kind, published) = match (model.repository(), torchvision) {
            (Ok(repository), _) => (
                ErrorKind::MissingWeights,
                format!("the Hub has them as {}", repository.id),
            ),
            (Err(_), Some(file)) => (
                ErrorKind::MissingWeights,
                format!("torchvision has them as {}", file.name),
            ),
            (Err(error), None) => (error.kind(), "the Hub has none either".to_owned()),
        };
        Err(Error::new(
            kind,
            format!(
                "no weights of {} here ({} not found); {published}",
                model.name,
                listed(&places),
            ),
        ))
    }

    /// Opens the weights of `model`, with their preprocessing and labels.
    ///
    /// # Errors
    /// The same as [`Weights::open`] and [`Checkpoint::new`]; [`ErrorKind::Weights`] if the model has no built-in
    /// weights, [`ErrorKind::MissingWeights`] if the Hub's file was not downloaded, [`ErrorKind::UnpublishedWeights`]
    /// if it has none.
    pub fn open(&self, model: &'static Model) -> Result<Checkpoint> {
        match self {
            Self::Synthetic(seed) => Checkpoint::new(model, Weights::synthetic(*seed)),
            Self::File(path) => Checkpoint::new(model, Weights::open(path)?),
            Self::BuiltIn => match embedded(model.name) {
                Some(bytes) => {
                    let name = format!("built-in weights of {}", model.name);
                    Checkpoint::new(model, Weights::from_bytes(&name, bytes)?)
                }
                None => Err(Error::new(
                    ErrorKind::Weights,
                    format!("no weights of {} are built in", model.name),
                )),
            },
            Self::Hub => {
                let repository = model.repository()?;
                let Some(path) = repository.cached() else {
                    return Err(Error::new(
                        ErrorKind::MissingWeights,
                        format!("{repository} is not here: it was not downloaded"),
                    ));
                };
                Checkpoint::published_by(Publisher::Hub, model, Weights::open(&path)?)
            }
        }
    }
}

impl FromStr for WeightsSource {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Weights`] if `synthetic:` is not followed by a seed, or the path is empty.
    fn from_str(text: &str) -> Result<Self> {
        if text == HUB {
            return Ok(Self::Hub);
        }
        let Some(seed) = text.strip_prefix(SYNTHETIC) else {
            if text.is_empty() {
                return Err(Error::new(
                    ErrorKind::Weights,
                    "expected a safetensors or PyTorch file, hub or synthetic:SEED, found nothing",
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

/// Weights in the library.
fn embedded(name: &str) -> Option<&'static [u8]> {
    match name {
        #[cfg(feature = "embedded-weights")]
        "mobilenet_v2" => Some(include_bytes!("../../../weights/mobilenet_v2.safetensors")),
        #[cfg(feature = "embedded-weights")]
        "unet_small" => Some(include_bytes!("../../../weights/unet_small.safetensors")),
        _ => None,
    }
}

/// The possible paths of the weights file of the model `name`, in the order of search.
fn places(name: &str) -> Vec<PathBuf> {
    let file = format!("{name}.safetensors");
    let mut places = vec![Path::new(FOLDER).join(&file)];
    // The folder where the crate was built. It may not exist on another machine.
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

/// Whether `path` is a place where the weights of the model `name` are found without a choice.
pub(super) fn is_default(name: &str, path: &Path) -> bool {
    let path = path.canonicalize();
    let places = places(name).into_iter().map(|place| place.canonicalize());
    path.is_ok_and(|path| places.flatten().any(|place| place == path))
}

fn listed(places: &[PathBuf]) -> String {
    let places: Vec<String> = places
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    places.join(", ")
}
