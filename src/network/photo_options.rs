//! The options of a network that concern photos, and what is reported about its weights.

use super::NetworkBuilder;
use super::named::Named;
use super::notice::Notice;
use super::outline::no_preprocess;
use crate::error::Result;
use crate::preprocess::{Adjustments, Preprocess};
use crate::zoo::{Checkpoint, Remark};

impl NetworkBuilder<'_> {
    /// The preprocessing of photos that the network will have, for programs that need it before the network is loaded.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::checkpoint`] for a network of the zoo, and as [`NetworkBuilder::graph`] for others.
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the network does not read photos, because its first layer has
    /// another number of channels, and for a graph without a preprocessing.
    pub fn photo_preprocess(&mut self) -> Result<Preprocess> {
        self.read_model_file()?;
        let (name, own, input) = match self.network {
            Named::Zoo(_) => {
                let checkpoint = self.checkpoint()?;
                let name = checkpoint.model().name.to_owned();
                (name, checkpoint.preprocess(), checkpoint.input())
            }
            Named::Graph(..) | Named::File(_) => {
                let name = self.network_name();
                let input = self.input_shape()?;
                let own = self.preprocess.ok_or_else(|| no_preprocess(&name))?;
                (name, own, input)
            }
        };
        let preprocess = self.adjusted(own);
        preprocess.check_channels(&name, input.channels)?;
        let [height, width] = self.input_size().unwrap_or([input.height, input.width]);
        Ok(preprocess.for_size(height, width))
    }

    /// The chosen preprocessing, or `own`, with the parts that were chosen.
    pub(super) fn adjusted(&self, own: Preprocess) -> Preprocess {
        let base = self.preprocess.unwrap_or(own);
        let sized = match self.input_size() {
            Some([height, width]) => base.for_size(height, width),
            None => base,
        };
        let crop = None;
        sized.adjusted(&Adjustments {
            crop,
            ..self.adjustments
        })
    }

    /// The size of the input, if it was chosen.
    pub(super) fn input_size(&self) -> Option<[usize; 2]> {
        let chosen = self.size.or(self.adjustments.crop);
        match self.network {
            Named::Zoo(_) => chosen.or_else(|| self.extents.size()),
            Named::File(_) | Named::Graph(..) => chosen,
        }
    }

    /// Reports the remarks about the weights of `checkpoint`, but for assumptions that a choice replaces.
    pub(super) fn report(&mut self, checkpoint: &Checkpoint) {
        for remark in checkpoint.remarks() {
            let is_replaced = match remark {
                Remark::AssumedPreprocess(_) => {
                    self.preprocess.is_some() || self.adjustments.are_complete()
                }
                Remark::AssumedLabels(_) | Remark::WrongLabels { .. } => self.labels.is_some(),
                _ => false,
            };
            if is_replaced {
                continue;
            }
            let remark = match remark {
                Remark::AssumedPreprocess(own) => Remark::AssumedPreprocess(self.adjusted(*own)),
                remark => remark.clone(),
            };
            let weights = checkpoint.weights().to_string();
            (self.notices)(Notice::Weights { weights, remark });
        }
    }

    /// Reports what a model file does not have.
    pub(super) fn report_assumptions(&mut self) {
        let (what, name) = (std::mem::take(&mut self.assumed), self.network_name());
        if !what.is_empty() {
            (self.notices)(Notice::Assumed { name, what });
        }
    }
}
