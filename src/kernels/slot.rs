/// Where a kernel's shader calls `store`, so that a pipeline can compute an expression there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Nowhere.
    None,
    /// Where it stores what it has computed.
    Behind,
    /// Where it stores its input: the operation itself is the expression.
    Whole,
}
