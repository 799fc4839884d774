//! Class names of the zoo's networks.

use super::Model;
use crate::labels::Labels;

/// ImageNet's classes, one in each line, in the order of their indices.
const IMAGENET: &str = include_str!("../../weights/imagenet_classes.txt");
/// The WordNet ids of ImageNet's classes, in the same order.
const IMAGENET_IDS: &str = include_str!("../../weights/imagenet_wordnet_ids.txt");
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const MASK: [&str; 2] = ["background", "foreground"];

/// The classes of a network's published weights.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// The 1000 classes of ImageNet's challenge.
    ImageNet,
    /// The digits 0 to 9.
    Digits,
    /// Background, and the object of a segmentation.
    Mask,
}

/// Names of the 1000 classes of ImageNet's challenge.
#[cfg(feature = "onnx")]
pub(crate) fn imagenet_labels() -> Labels {
    Labels::new(IMAGENET.lines())
}

impl Model {
    /// Names of the classes of the network's published weights. A [`Checkpoint`](super::Checkpoint) with another number
    /// of classes does not use them.
    pub fn labels(&self) -> Labels {
        match self.names {
            Names::ImageNet => Labels::new(IMAGENET.lines()),
            Names::Digits => Labels::new(DIGITS),
            Names::Mask => Labels::new(MASK),
        }
    }

    /// WordNet ids of the classes of the network's published weights, such as `n02124075`: the names of ImageNet's
    /// folders. Empty if the classes are not those of ImageNet.
    pub fn wordnet_ids(&self) -> impl Iterator<Item = &'static str> + use<> {
        let ids = match self.names {
            Names::ImageNet => IMAGENET_IDS,
            Names::Digits | Names::Mask => "",
        };
        ids.lines()
    }
}

#[cfg(test)]
mod tests {
    use crate::zoo;

    #[test]
    fn every_class_of_every_model_has_a_name() {
        for model in zoo::models() {
            let labels = model.labels();
            assert_eq!(labels.len(), model.classes, "{}", model.name);
            assert!(
                labels.names().all(|name| !name.is_empty()),
                "{}",
                model.name
            );
        }
    }

    #[test]
    fn names_stand_at_their_indices() {
        let labels = zoo::find("resnet50").unwrap().labels();
        assert_eq!(labels.name(285), Some("Egyptian cat"));
        assert_eq!(labels.name(967), Some("espresso"));
        let ids: Vec<&str> = zoo::find("resnet50").unwrap().wordnet_ids().collect();
        assert_eq!((ids.len(), ids[285]), (1000, "n02124075"));
        // ImageNet's classes are in the order of their ids.
        assert!(ids.is_sorted());
        assert_eq!(zoo::find("lenet5").unwrap().wordnet_ids().count(), 0);
    }
}
