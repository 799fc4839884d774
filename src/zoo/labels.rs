//! Class names of the zoo's networks.

use super::Model;
use crate::labels::Labels;

/// ImageNet's classes, one in each line, in the order of their indices.
const IMAGENET: &str = include_str!("../../weights/imagenet_classes.txt");
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
    }
}
