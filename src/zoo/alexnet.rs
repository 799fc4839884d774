//! AlexNet: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural
//! networks", as its first author simplified it in 2014, "One weird trick for parallelizing
//! convolutional neural networks" (arXiv:1404.5997). Graph and names are torchvision's
//! `models/alexnet.py`.

use crate::error::Result;
use crate::graph::{Conv, Graph, Window, image_network};
use crate::tensor::Shape;

/// Height and width that the classifier takes.
const GRID: usize = 6;
/// Length of the classifier's hidden layers.
const HIDDEN: usize = 4096;
/// Overlapping pooling: section 3.4 of the 2012 paper.
const POOL: Window = Window::square(3, 2);

/// AlexNet for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = net.at("features");
        let x = features.conv("0", x, Conv::new(64, 11).stride(4).padding(2).bias())?;
        let x = features.relu("1", x)?;
        let x = features.max_pool("2", x, POOL)?;
        let x = features.conv("3", x, Conv::new(192, 5).padding(2).bias())?;
        let x = features.relu("4", x)?;
        let x = features.max_pool("5", x, POOL)?;
        let x = features.conv("6", x, Conv::new(384, 3).padding(1).bias())?;
        let x = features.relu("7", x)?;
        let x = features.conv("8", x, Conv::new(256, 3).padding(1).bias())?;
        let x = features.relu("9", x)?;
        let x = features.conv("10", x, Conv::new(256, 3).padding(1).bias())?;
        let x = features.relu("11", x)?;
        let x = features.max_pool("12", x, POOL)?;

        let x = net.adaptive_average_pool("avgpool", x, GRID)?;
        let x = net.flatten("flatten", x)?;

        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        let x = classifier.linear("1", x, HIDDEN)?;
        let x = classifier.relu("2", x)?;
        let x = classifier.dropout("3", x)?;
        let x = classifier.linear("4", x, HIDDEN)?;
        let x = classifier.relu("5", x)?;
        classifier.linear("6", x, classes)
    })
}
