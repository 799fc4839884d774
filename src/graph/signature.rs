//! What a network takes and gives: its inputs and outputs by name.

use std::fmt;

use super::{Graph, Port};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{HostTensor, Shape, Tensor, Type};

/// The inputs and outputs of a network.
///
/// ```
/// use menagerie::zoo;
///
/// let signature = zoo::find("lenet5")?.graph()?.signature();
/// assert_eq!(signature.to_string(), "it takes input (1x28x28), and gives output (10x1x1)");
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// The name of the network.
    pub network: String,
    /// The inputs.
    pub inputs: Vec<NamedType>,
    /// The outputs. The first is the answer.
    pub outputs: Vec<NamedType>,
}

/// The name and the type of an input or an output.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedType {
    /// Its name.
    pub name: String,
    /// Its type for one image.
    pub ty: Type,
}

impl NamedType {
    /// Returns the shape of one image in a [`Tensor`] of this input or output.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the type is not one of images.
    pub fn shape(&self) -> Result<Shape> {
        self.ty.tensor_shape().ok_or_else(|| {
            let message = format!("{}: expected a type of images", self.name.escape_debug());
            Error::new(ErrorKind::Shape, message)
        })
    }

    /// Returns the tensor of `array` for this input or output. Its extents are those of one image, or of any number of images
    /// with that number first. Extents of 1 at the end can be left out. Numbers become f32.
    ///
    /// ```
    /// use menagerie::tensor::HostTensor;
    /// use menagerie::zoo;
    ///
    /// let signature = zoo::find("lenet5")?.graph()?.signature();
    /// let pixels = HostTensor::new(&[2, 1, 28, 28], vec![255_u8; 2 * 28 * 28])?;
    /// let tensor = signature.inputs[0].tensor(&pixels)?;
    /// assert_eq!((tensor.batch(), tensor.data()[0]), (2, 255.0));
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the array has other extents, a number that is not finite, or an integer that f32 does not
    /// have. [`ErrorKind::Shape`] if the type is not one of images.
    pub fn tensor(&self, array: &HostTensor) -> Result<Tensor> {
        let refused = |what: String| {
            let name = self.name.escape_debug();
            Error::new(ErrorKind::Input, format!("{name}: {what}"))
        };
        let shape = self.shape()?;
        let (found, own) = (&array.dims()[..], self.ty.extents());
        let images = match found {
            [images, rest @ ..] if without_ones(rest) == without_ones(own) => *images,
            all if without_ones(all) == without_ones(own) => 1,
            _ => {
                let listed: String = own.iter().map(|extent| format!(", {extent}")).collect();
                let order = match (found, own) {
                    (&[.., first, _, last], &[channels, ..])
                        if own.len() == 3 && first != channels && last == channels =>
                    {
                        "; channels come before rows and columns"
                    }
                    _ => "",
                };
                return Err(refused(format!(
                    "expected [N{listed}], found {found:?}{order}"
                )));
            }
        };
        let values = array.to_f32().map_err(refused)?;
        Tensor::new(images, shape, values)
    }

    /// Returns `tensor`, a value of this input or output, with the extents of the type behind the number of images.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if it has another number of values.
    pub fn array(&self, tensor: &Tensor) -> Result<HostTensor> {
        let mut extents = vec![tensor.batch()];
        extents.extend(self.ty.extents());
        HostTensor::new(&extents, tensor.data().to_vec())
    }
}

/// Returns extents without those of 1 at the end.
fn without_ones(extents: &[usize]) -> &[usize] {
    let kept = extents.iter().rposition(|&extent| extent != 1);
    &extents[..kept.map_or(0, |last| last + 1)]
}

impl Graph {
    /// Returns the names and types of the inputs and outputs.
    pub fn signature(&self) -> Signature {
        let named = |port: &Port| NamedType {
            name: port.name.clone(),
            ty: *self.ty(port.value),
        };
        Signature {
            network: self.name().to_owned(),
            inputs: self.inputs().iter().map(named).collect(),
            outputs: self.outputs().iter().map(named).collect(),
        }
    }
}

impl Signature {
    /// Returns the output `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is none. The message lists all inputs and outputs.
    pub fn output(&self, name: &str) -> Result<&NamedType> {
        let found = self.outputs.iter().find(|output| output.name == name);
        found.ok_or_else(|| self.refused(&format!("has no output {name:?}")))
    }

    /// Returns the input `name`.
    ///
    /// # Errors
    /// As [`Signature::output`].
    pub fn input(&self, name: &str) -> Result<&NamedType> {
        let found = self.inputs.iter().find(|input| input.name == name);
        found.ok_or_else(|| self.refused(&format!("has no input {name:?}")))
    }

    /// Returns `tensors`, one for each input in their order, with the names of the inputs, as
    /// [`Network::run_named`](crate::Network::run_named) takes them.
    pub fn named<'a>(&'a self, tensors: &'a [Tensor]) -> Vec<(&'a str, &'a Tensor)> {
        let names = self.inputs.iter().map(|input| input.name.as_str());
        names.zip(tensors).collect()
    }

    /// Returns the tensors of `given` in the order of the inputs.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if an input is missing, unknown, given twice, of another shape, or of another number of images
    /// than the first.
    pub(crate) fn in_order<'a>(&self, given: &[(&str, &'a Tensor)]) -> Result<Vec<&'a Tensor>> {
        for (name, _) in given {
            self.input(name)?;
        }
        let mut ordered: Vec<&Tensor> = Vec::with_capacity(given.len());
        for NamedType { name, ty } in &self.inputs {
            let mut found = given.iter().filter(|(other, _)| other == name);
            let tensor = match (found.next(), found.next()) {
                (Some((_, tensor)), None) => *tensor,
                (Some(_), Some(_)) => {
                    return Err(self.refused(&format!("got the input {name:?} twice")));
                }
                (None, _) => {
                    return Err(self.refused(&format!("needs the input {name:?}")));
                }
            };
            if ty.tensor_shape() != Some(tensor.shape()) {
                let found = tensor.shape();
                let what = format!("got {found} as input {name:?}");
                return Err(self.refused(&what));
            }
            let images = ordered
                .first()
                .map_or(tensor.batch(), |first| first.batch());
            if tensor.batch() != images {
                return Err(Error::new(
                    ErrorKind::Input,
                    format!(
                        "{} takes as many images of each input, found {images} and {}",
                        self.network,
                        tensor.batch()
                    ),
                ));
            }
            ordered.push(tensor);
        }
        Ok(ordered)
    }

    /// Returns an error that says `what` about the network, and lists its inputs and outputs.
    pub fn refused(&self, what: &str) -> Error {
        Error::new(ErrorKind::Input, format!("{} {what}; {self}", self.network))
    }
}

/// `it takes image (3x32x32) and mask (1x32x32), and gives scores (10x1x1)`
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it takes ")?;
        list(&self.inputs, f)?;
        f.write_str(", and gives ")?;
        list(&self.outputs, f)
    }
}

/// `image (3x32x32)`
impl fmt::Display for NamedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names of a file can have characters that move the cursor of a terminal.
        write!(f, "{} ({})", self.name.escape_debug(), self.ty)
    }
}

fn list(named: &[NamedType], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, named_type) in named.iter().enumerate() {
        let separator = match index {
            0 => "",
            _ if index + 1 == named.len() => " and ",
            _ => ", ",
        };
        write!(f, "{separator}{named_type}")?;
    }
    Ok(())
}
