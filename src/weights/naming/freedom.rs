//! In what a file may differ from a graph of the network, which is then built as the file has it.

/// The differences that are allowed between a file and a graph.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Freedom {
    /// Another number of classes.
    pub classes: bool,
    /// Another number of input channels.
    pub channels: bool,
    /// A first convolution of 3x3.
    pub small_stem: bool,
}
