//! The weights of a network of the zoo: chosen, found on this machine, downloaded or synthetic.

use super::NetworkBuilder;
use super::named::Named;
use super::notice::Notice;
use super::weights_choice::WeightsChoice;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "hub")]
use crate::hub;
use crate::zoo::{self, Checkpoint, Model, WeightsSource};

impl NetworkBuilder<'_> {
    /// The source of the weights of a network of the zoo: the chosen one, or the one that is found, downloaded or
    /// synthetic.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::checkpoint`], without those about the content of files; [`ErrorKind::Input`] if
    /// opened weights were chosen.
    pub fn source(&mut self) -> Result<WeightsSource> {
        let source = match &self.weights {
            None => self.at_hand(zoo::find(self.zoo_name()?)?)?,
            Some(WeightsChoice::Source(source)) => source.clone(),
            Some(_) => {
                let message = "weights that are open already are in no place";
                return Err(Error::new(ErrorKind::Input, message));
            }
        };
        self.weights = Some(source.clone().into());
        Ok(source)
    }

    /// Opens the weights of a network of the zoo with their preprocessing and labels, for programs that need these
    /// before the network is loaded. [`NetworkBuilder::load`] then uses them.
    ///
    /// # Errors
    /// The errors of loading that concern its name and weights, and [`ErrorKind::Input`] for your own graph.
    pub fn checkpoint(&mut self) -> Result<Checkpoint> {
        let model = zoo::find(self.zoo_name()?)?;
        let checkpoint = match self.weights.take() {
            Some(WeightsChoice::Checkpoint(checkpoint)) => checkpoint,
            Some(WeightsChoice::Open(weights)) => Checkpoint::new(model, weights)?,
            Some(WeightsChoice::Source(source)) => source.open(model)?,
            None => self.at_hand(model)?.open(model)?,
        };
        let checkpoint = match std::mem::take(&mut self.prefix).as_str() {
            "" => checkpoint,
            prefix => checkpoint.with_prefix(prefix)?,
        };
        if checkpoint.model().name != model.name {
            let (name, other) = (model.name, checkpoint.model().name);
            return Err(Error::new(
                ErrorKind::Weights,
                format!("expected weights of {name}, found those of {other}"),
            ));
        }
        self.weights = Some(checkpoint.clone().into());
        Ok(checkpoint)
    }

    fn zoo_name(&self) -> Result<&str> {
        match &self.network {
            Named::Zoo(name) => Ok(name),
            Named::Graph(..) | Named::File(_) => Err(Error::new(
                ErrorKind::Input,
                "a graph of your own is no network of the zoo",
            )),
        }
    }

    /// The source of the weights of `model` if none were chosen.
    fn at_hand(&mut self, model: &Model) -> Result<WeightsSource> {
        let missing = match WeightsSource::default_for(model) {
            Err(error) => error,
            found => return found,
        };
        if self.fetch {
            return self.download(model);
        }
        if self.synthetic {
            let seed = 0;
            (self.notices)(Notice::SyntheticWeights { missing, seed });
            return Ok(WeightsSource::Synthetic(seed));
        }
        Err(missing)
    }

    #[cfg(feature = "hub")]
    fn download(&mut self, model: &Model) -> Result<WeightsSource> {
        let notices = &mut self.notices;
        let mut progress = |received, total| notices(Notice::Downloading { received, total });
        let fetched = match model.torchvision_file() {
            Some(file) => hub::fetch_torch(&file, &mut progress)
                .map(|fetched| WeightsSource::File(fetched.path)),
            None => hub::fetch(&model.repository()?, &mut progress).map(|_| WeightsSource::Hub),
        };
        notices(Notice::DownloadEnded);
        fetched
    }

    #[cfg(not(feature = "hub"))]
    fn download(&mut self, model: &Model) -> Result<WeightsSource> {
        let repository = model.repository()?;
        Err(Error::new(
            ErrorKind::Unsupported,
            format!("{repository}: this build cannot download, it lacks the feature hub"),
        ))
    }
}
