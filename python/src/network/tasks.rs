//! What a network answers to images.

use std::sync::Arc;

use menagerie::photo::{Decoding, Source, Stream};
use menagerie::{Error, Photo, Result, Tensor};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList};
use pyo3::{PyClass, PyClassInitializer};

use super::Network;
use crate::answers::{Classification, Explanation, Mask, Segmentation};
use crate::arrays;
use crate::errors::{exception, wrong_input};
use crate::images;

/// With more classes, a segmentation is one of classes and not of an object and its background.
const TWO: usize = 2;

#[pymethods]
impl Network {
    /// Classifies one image or many.
    ///
    /// An image is a path, the bytes of an image file, an image of Pillow, or an array of uint8 with the axes H, W, C (red,
    /// green, blue) or H, W. For one, the result is a `Classification` of the `top` most probable classes; for several, a
    /// list of them.
    ///
    /// With `errors="return"`, an image that cannot be decoded has its exception in the list; with `"raise"` it is raised.
    ///
    /// >>> net = menagerie.load("mobilenet_v2")
    /// >>> cat, coffee = net.classify(["samples/cat.png", "samples/coffee.png"])
    /// >>> cat[0].label, coffee[0].label
    /// ('Egyptian cat', 'espresso')
    #[pyo3(signature = (images, top=5, *, errors="raise"))]
    fn classify<'py>(
        &self,
        py: Python<'py>,
        images: &Bound<'py, PyAny>,
        top: usize,
        errors: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let raise = raises(py, errors)?;
        let (images, many) = images::images(images)?;
        let answers = self.call(py, move |network, stop| {
            let images: Arc<[Source]> = images.into();
            let inputs = inputs(&images, network)?;
            let mut stream = network.classify_stream(inputs);
            let mut answers = Vec::new();
            while let Some(answer) = stream.next() {
                stop.check()?;
                if stream.has_failed() && answer.is_err() {
                    return answer.map(|_| Vec::new());
                }
                let answer = answer.map_err(|error| error.in_context(&images[answers.len()]));
                match answer {
                    Err(error) if raise => return Err(error),
                    answer => answers.push(answer),
                }
            }
            Ok(answers)
        })?;
        let answers = answers.into_iter().map(|answer| match answer {
            Ok(answer) => Ok(Bound::new(py, Classification::new(py, &answer, top)?)?.into_any()),
            Err(error) => Ok(exception(py, &error)
                .into_value(py)
                .into_bound(py)
                .into_any()),
        });
        one_or_list(py, answers, many)
    }

    /// Segments one image or many, which are as for `classify`.
    ///
    /// The result is a `Mask` for a network that finds one object, and a `Segmentation` for one of several classes; for
    /// several images, a list of them. Both have the size of the image.
    ///
    /// >>> menagerie.load("unet_small").segment("samples/cells.png")  # doctest: +ELLIPSIS
    /// Mask(400x300 pixels, ... % covered)
    fn segment<'py>(
        &self,
        py: Python<'py>,
        images: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if self.classes <= TWO {
            return self.each(py, images, |network, photo| {
                let mask = network.segment(&photo)?;
                Ok(Mask { mask, photo })
            });
        }
        self.each(py, images, |network, photo| {
            let (found, labels) = (network.segment_classes(&photo)?, network.labels().clone());
            Ok(Segmentation {
                found,
                labels,
                photo,
            })
        })
    }

    /// Computes which pixels of one image or of many contribute to a class. Images are as for `classify`.
    ///
    /// `label` is a class's name, a part of it that is unique, or its index; by default it is the most probable class. The
    /// result is an `Explanation`; for several images, a list of them.
    ///
    /// >>> net = menagerie.load("mobilenet_v2")
    /// >>> net.explain("samples/coffee.png", "espresso").picture().size
    /// (600, 400)
    #[pyo3(signature = (images, label=None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        images: &Bound<'py, PyAny>,
        label: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let class = label.map(|label| self.class(py, label)).transpose()?;
        self.each(py, images, move |network, photo| {
            let found = network.explain(&photo, class)?;
            Ok(Explanation { found, photo })
        })
    }

    /// Computes the features of one image or of many: the vector before the classifier, or the result of the `layer` that
    /// the network was loaded with. Images are as for `classify`.
    ///
    /// The result is a NumPy array of float32 with the axis C, or the axes C, H, W of a layer of pixels; for several images
    /// with the axis N in front.
    ///
    /// >>> net = menagerie.load("mobilenet_v2")
    /// >>> net.embed("samples/cat.png").shape, net.embed(["samples/cat.png", "samples/coffee.png"]).shape
    /// ((1280,), (2, 1280))
    fn embed<'py>(
        &self,
        py: Python<'py>,
        images: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (images, many) = images::images(images)?;
        let (shape, vectors) = self.call(py, move |network, stop| {
            let images: Arc<[Source]> = images.into();
            let inputs = inputs(&images, network)?;
            let shape = network.features_shape()?;
            let mut stream = network.features_stream(inputs);
            let mut vectors = Vec::new();
            while let Some(features) = stream.next() {
                stop.check()?;
                let named = |error: Error| match stream.has_failed() {
                    true => error,
                    false => error.in_context(&images[vectors.len()]),
                };
                vectors.push(features.map_err(named)?.into_data());
            }
            Ok((shape, vectors))
        })?;
        let mut extents = match shape.is_vector() {
            true => vec![shape.channels],
            false => vec![shape.channels, shape.height, shape.width],
        };
        if many {
            extents.insert(0, vectors.len());
        }
        arrays::floats(py, &vectors.concat(), &extents)
    }
}

impl Network {
    /// The answer of `one` to each of `images`.
    fn each<'py, T: PyClass + Send + Into<PyClassInitializer<T>> + 'static>(
        &self,
        py: Python<'py>,
        images: &Bound<'py, PyAny>,
        one: impl Fn(&mut menagerie::Network, Photo) -> Result<T> + Send + 'static,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (images, many) = images::images(images)?;
        let answers = self.call(py, move |network, stop| {
            let answers = images.into_iter().map(|image| {
                stop.check()?;
                one(network, image.open()?)
            });
            answers.collect::<Result<Vec<T>>>()
        })?;
        let answers = answers
            .into_iter()
            .map(|answer| Ok(Bound::new(py, answer)?.into_any()));
        one_or_list(py, answers, many)
    }

    /// The index of the class `label`.
    fn class(&self, py: Python<'_>, label: &Bound<'_, PyAny>) -> PyResult<usize> {
        if label.is_instance_of::<PyInt>() {
            return label.extract();
        }
        let name: String = label.extract().map_err(|_| {
            let found = label.get_type();
            wrong_input(
                py,
                &format!("expected the name or the index of a class, found a {found}"),
            )
        })?;
        self.call(py, move |network, _| network.class(&name))
    }
}

/// The inputs of `images`, which are decoded on threads of their own while the network runs.
fn inputs(images: &Arc<[Source]>, network: &menagerie::Network) -> Result<Stream<Tensor>> {
    let (preprocess, batch) = (network.preprocess()?, network.batch());
    Stream::start_ahead(Arc::clone(images), batch, Decoding::new(), move |photo| {
        preprocess.apply(&photo)
    })
}

/// Whether the error of one image is raised.
fn raises(py: Python<'_>, errors: &str) -> PyResult<bool> {
    match errors {
        "raise" => Ok(true),
        "return" => Ok(false),
        _ => Err(wrong_input(
            py,
            &format!("expected errors \"raise\" or \"return\", found {errors:?}"),
        )),
    }
}

/// The only one of `items`, or all as a list.
fn one_or_list<'py>(
    py: Python<'py>,
    items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    many: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let mut items: Vec<_> = items.collect::<PyResult<_>>()?;
    match many {
        true => Ok(PyList::new(py, items)?.into_any()),
        false => Ok(items.swap_remove(0)),
    }
}
