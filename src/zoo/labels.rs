//! Names of the classes that networks tell apart.

use super::Labels;

/// ImageNet's classes, a line each, in the order of their indices.
const IMAGENET: &str = include_str!("../../weights/imagenet_classes.txt");
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const MASK: [&str; 2] = ["background", "foreground"];

impl Labels {
    /// Names of all classes in the order of their indices.
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Labels::ImageNet => IMAGENET.lines().collect(),
            Labels::Digits => DIGITS.to_vec(),
            Labels::Mask => MASK.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::zoo;

    #[test]
    fn every_class_of_every_model_has_a_name() {
        for model in zoo::models() {
            let names = model.labels.names();
            assert_eq!(names.len(), model.classes, "{}", model.name);
            assert!(names.iter().all(|name| !name.is_empty()), "{}", model.name);
        }
    }

    #[test]
    fn names_stand_at_their_indices() {
        let names = super::Labels::ImageNet.names();
        assert_eq!(names[285], "Egyptian cat");
        assert_eq!(names[967], "espresso");
    }
}
