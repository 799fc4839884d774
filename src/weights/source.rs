//! Where to look for weights: what a user names, and what a model has when nothing is named.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::Weights;
use crate::error::{Error, ErrorKind, Result};
use crate::zoo::Model;

/// What stands before the seed of synthetic weights.
const SYNTHETIC: &str = "synthetic:";

/// The folder of weights in a checkout, beside an executable, and wherever users keep them.
const FOLDER: &str = "weights";

/// Weights as users name them: `synthetic:SEED`, or the path of a safetensors file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WeightsSource {
    /// Made-up weights of this seed.
    Synthetic(u64),
    /// A safetensors file.
    File(PathBuf),
}

impl WeightsSource {
    /// The weights.
    ///
    /// # Errors
    /// As [`Weights::open`]; none for synthetic weights.
    pub fn open(&self) -> Result<Weights> {
        match self {
            Self::Synthetic(seed) => Ok(Weights::synthetic(*seed)),
            Self::File(path) => Weights::open(path),
        }
    }
}

impl FromStr for WeightsSource {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Weights`] where `synthetic:` is not followed by a seed, or the path is empty.
    fn from_str(text: &str) -> Result<Self> {
        let Some(seed) = text.strip_prefix(SYNTHETIC) else {
            if text.is_empty() {
                return Err(Error::new(
                    ErrorKind::Weights,
                    "expected a safetensors file or synthetic:SEED, found nothing",
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
        }
    }
}

impl Weights {
    /// The trained weights that come with `model`: built in, or the file `NAME.safetensors` in the
    /// folder `weights` of the current directory, of the checkout, or beside the executable.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where there are none, saying what to pass instead; otherwise as
    /// [`Weights::open`].
    pub fn default_for(model: &Model) -> Result<Self> {
        if let Some(bytes) = embedded(model.name) {
            return Self::from_bytes(&format!("built-in weights of {}", model.name), bytes);
        }
        let places = places(model.name);
        match places.iter().find(|path| path.is_file()) {
            Some(path) => Self::open(path),
            None => Err(Error::new(
                ErrorKind::Weights,
                format!(
                    "no weights come with {name}: {looked} not found; pass --weights with a \
                     safetensors file, or --weights synthetic:0 for made-up ones",
                    name = model.name,
                    looked = listed(&places),
                ),
            )),
        }
    }
}

/// Weights inside the library.
fn embedded(name: &str) -> Option<&'static [u8]> {
    match name {
        #[cfg(feature = "embedded-weights")]
        "mobilenet_v2" => Some(include_bytes!("../../weights/mobilenet_v2.safetensors")),
        #[cfg(feature = "embedded-weights")]
        "unet_small" => Some(include_bytes!("../../weights/unet_small.safetensors")),
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
