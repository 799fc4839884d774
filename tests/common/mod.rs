//! What the tests of the reference executor and of the GPU share.

pub mod golden;
