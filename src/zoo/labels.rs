//! Class names of the zoo's networks.

use super::Model;
use crate::labels::Labels;

/// ImageNet's classes, one in each line, in the order of their indices.
const IMAGENET: &str = include_str!("../../weights/imagenet_classes.txt");
/// The WordNet ids of ImageNet's classes, in the same order.
const IMAGENET_IDS: &str = include_str!("../../weights/imagenet_wordnet_ids.txt");
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const MASK: [&str; 2] = ["background", "foreground"];
const VOC: [&str; 21] = [
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "dining table",
    "dog",
    "horse",
    "motorbike",
    "person",
    "potted plant",
    "sheep",
    "sofa",
    "train",
    "TV monitor",
];

/// The classes of a network's published weights.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// The 1000 classes of ImageNet's challenge.
    ImageNet,
    /// The digits 0 to 9.
    Digits,
    /// Background, and the object of a segmentation.
    Mask,
    /// Background and the 20 classes of the Pascal VOC challenge.
    Voc,
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
            Names::ImageNet => Labels::new(IMAGENET.lines()).with_wordnet_ids(IMAGENET_IDS.lines()),
            Names::Digits => Labels::new(DIGITS),
            Names::Mask => Labels::new(MASK),
            Names::Voc => Labels::new(VOC),
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
        // The bird and the machine, which ImageNet calls the same.
        assert_eq!(labels.wordnet_id(134), Some("n02012849"));
        assert_eq!(labels.wordnet_id(517), Some("n03126707"));
        let ids = (0..1000).map(|index| labels.wordnet_id(index).unwrap());
        // ImageNet's classes are in the order of their ids.
        assert!(ids.is_sorted());
        let digits = zoo::find("lenet5").unwrap().labels();
        assert_eq!(digits.wordnet_id(0), None);
    }
}
