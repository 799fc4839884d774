//! Inputs and outputs of a network as arrays: the extents that its type has, as in other frameworks.

use menagerie::graph::NamedType;
use menagerie::tensor::{HostTensor, Shape};
use menagerie::{Error, ErrorKind, Network, Result, Tensor};

/// The images of an array of these `extents`, for the input `ty` of `network`. A network of the zoo takes images of other sizes
/// than that of `ty`, too.
pub fn given(
    network: &Network,
    ty: &NamedType,
    (extents, values): (Vec<usize>, Vec<f32>),
) -> Result<Tensor> {
    if network.checkpoint().is_none() {
        return ty.tensor(&HostTensor::new(&extents, values)?);
    }
    let [images, channels, height, width] = extents[..] else {
        let found: Vec<String> = extents.iter().map(ToString::to_string).collect();
        let message = format!(
            "expected an array of float32 with the axes N, C, H, W, found float32 of {}",
            found.join("x")
        );
        return Err(Error::new(ErrorKind::Input, message));
    };
    Tensor::new(images, Shape::new(channels, height, width), values)
}

/// The extents of `tensor`, an output of the type `ty`. Those of a network of the zoo depend on the size of its input, and its
/// vectors are N, C.
pub fn extents(network: &Network, ty: &NamedType, tensor: &Tensor) -> Vec<usize> {
    let (images, shape) = (tensor.batch(), tensor.shape());
    match network.checkpoint() {
        None => [&[images], ty.ty.extents()].concat(),
        Some(_) if shape.is_vector() => vec![images, shape.channels],
        Some(_) => vec![images, shape.channels, shape.height, shape.width],
    }
}
