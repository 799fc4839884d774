//! What a model file means: the preprocessing of photos and the names of classes, which the file may leave open.

use super::NetworkBuilder;
use super::notice::Notice;
use crate::labels::Labels;
use crate::meaning::{Unread, fits};
use crate::preprocess::{Adjustments, Preprocess};
use crate::tensor::Shape;
use crate::zoo::{self, Remark};

impl NetworkBuilder<'_> {
    /// Reports the files beside the model `label` that cannot be used.
    pub(super) fn report_unread(&mut self, label: &str, unread: Vec<Unread>) {
        for Unread { path, reason } in unread {
            self.report_remark(label, Remark::Unread { path, reason });
        }
    }

    fn report_remark(&mut self, label: &str, remark: Remark) {
        let weights = label.to_owned();
        (self.notices)(Notice::Weights { weights, remark });
    }

    /// The preprocessing of photos for images of the shape `input`, unless one was chosen: what is `known`, and the rest as
    /// torchvision does it.
    pub(super) fn prepare_photos(&mut self, input: Option<Shape>, known: &Adjustments) {
        let photos = input.filter(|shape| shape.channels == 3);
        if let (None, Some(input)) = (self.preprocess, photos) {
            let preprocess = Preprocess::IMAGENET.adjusted(known);
            self.preprocess = Some(preprocess.for_size(input.height, input.width));
            if !known.or(self.adjustments).are_complete() {
                self.assumed.push("the preprocessing of torchvision");
            }
        }
    }

    /// The names of the classes of an answer of the shape `answer`, unless they were chosen: those in the file `label`, those
    /// beside it, or those of ImageNet.
    pub(super) fn name_classes(
        &mut self,
        label: &str,
        answer: Option<Shape>,
        inside: Option<Labels>,
        beside: Option<Labels>,
    ) {
        let Some(answer) = answer else { return };
        if self.labels.is_none() {
            let classes = answer.channels;
            let wrong = inside.as_ref().filter(|labels| !fits(labels, classes));
            if let Some(names) = wrong.map(Labels::len) {
                self.report_remark(label, Remark::WrongLabels { names, classes });
            }
            self.labels = inside.filter(|labels| fits(labels, classes)).or(beside);
        }
        if self.labels.is_some() || !answer.is_vector() {
            return;
        }
        let imagenet = zoo::imagenet_labels();
        if answer.channels == imagenet.len() {
            self.labels = Some(imagenet);
            self.assumed.push("the classes of ImageNet");
        } else if answer.channels == imagenet.len() + 1 {
            let names = ["background"].into_iter().chain(imagenet.names());
            self.labels = Some(Labels::new(names.map(str::to_owned)));
            self.assumed
                .push("the classes of ImageNet after one for the background");
        }
    }
}
