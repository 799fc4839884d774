//! The compiled part of the Python package `menagerie`: classes and functions over the library, in Python's types.
//! Nothing is computed here.

mod adapters;
mod answers;
mod arrays;
mod calls;
mod errors;
mod graph;
mod images;
mod load;
mod models;
mod network;
mod preprocess;
mod summary;
mod tensors;
mod weights;

use pyo3::prelude::*;

/// Classic convolutional networks on any GPU.
#[pymodule]
mod _menagerie {
    use super::*;

    #[pymodule_export]
    use super::adapters::adapters;
    #[pymodule_export]
    use super::answers::{Classification, Explanation, Guess, Mask, Segmentation};
    #[pymodule_export]
    use super::graph::{Graph, Value};
    #[pymodule_export]
    use super::load::load;
    #[pymodule_export]
    use super::models::models;
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::summary::Summary;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::calls::init(module)
    }
}
