/// Which expression a pipeline can fuse into a kernel: where the kernel's shader calls `store` instead of
/// `write_output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fusion {
    /// None: the shader never calls `store`.
    None,
    /// An epilogue: the shader stores its result.
    Epilogue,
    /// The whole operation is the expression: the shader stores its input.
    Whole,
}
