//! The values of an ONNX graph while it is imported.

use std::cell::OnceCell;
use std::rc::Rc;

use super::node::Node;
use crate::graph::ValueId;
use crate::onnx::array::Array;
use crate::onnx::data_type::DataType;

/// A value of the ONNX graph.
#[derive(Clone)]
pub enum Value {
    /// The same in every run.
    Constant(Rc<Constant>),
    /// Depends on an input.
    Computed(Computed),
    /// The result of a node that cannot be imported.
    Unknown,
}

/// A value that is the same in every run. It is either computed on the host while the file is imported, or by nodes of
/// our graph while weights are uploaded. Large weights are only used in the second way, so that the host never has all
/// of them.
pub struct Constant {
    pub ty: DataType,
    pub dims: Vec<usize>,
    pub source: Source,
    /// The values, after they were needed on the host.
    pub array: OnceCell<Rc<Array>>,
    /// The value of our graph, after it was needed there.
    pub id: OnceCell<ValueId>,
}

/// What a constant is made of.
pub enum Source {
    /// Its values are known.
    Known,
    /// The initializer of this name.
    Stored(String),
    /// The result of a node of constants, by its index among the results.
    Result(Box<Node>, usize),
}

/// A value that depends on an input.
#[derive(Clone, Debug)]
pub struct Computed {
    pub id: ValueId,
    /// The type in the file. Our graph always computes in f32.
    pub ty: DataType,
    /// The extents in the file.
    pub dims: Vec<usize>,
    /// Whether the first axis counts images. Then the value of our graph has the other axes for each image; otherwise
    /// it has all of them.
    pub has_images: bool,
}

impl Value {
    pub fn known(array: Array) -> Self {
        let constant = Constant {
            ty: array.ty,
            dims: array.dims.clone(),
            source: Source::Known,
            array: OnceCell::from(Rc::new(array)),
            id: OnceCell::new(),
        };
        Value::Constant(Rc::new(constant))
    }

    /// Returns the extents. There are none for an unknown value.
    pub fn dims(&self) -> &[usize] {
        match self {
            Value::Constant(constant) => &constant.dims,
            Value::Computed(computed) => &computed.dims,
            Value::Unknown => &[],
        }
    }

    pub fn ty(&self) -> DataType {
        match self {
            Value::Constant(constant) => constant.ty,
            Value::Computed(computed) => computed.ty,
            Value::Unknown => DataType::F32,
        }
    }

    pub fn rank(&self) -> usize {
        self.dims().len()
    }

    /// Returns a computed value as one of type `ty`.
    pub fn with_type(self, ty: DataType) -> Self {
        match self {
            Value::Computed(computed) => Value::Computed(Computed { ty, ..computed }),
            other => other,
        }
    }
}

impl Constant {
    pub fn count(&self) -> usize {
        self.dims.iter().product()
    }
}

impl Computed {
    /// Returns the extents of the value in our graph, without images.
    pub fn extents(&self) -> &[usize] {
        &self.dims[usize::from(self.has_images)..]
    }

    /// Returns the axis of our graph that is axis `axis` of the file. It must not be that of the images.
    pub fn axis(&self, axis: usize) -> usize {
        axis - usize::from(self.has_images)
    }

    pub fn rank(&self) -> usize {
        self.dims.len()
    }
}
