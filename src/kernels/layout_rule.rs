//! Which memory layouts the tensors of a kernel may have.

use super::arrangement::Arrangement;
use super::reason::Reason;
use super::site::Site;
use crate::tensor::{Dims, Layout};

/// Which memory layouts a kernel takes, the least general rule first. Parameters have no layout: they are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayoutRule {
    /// All tensors have their channels last ([`Layout::channels_last`]).
    #[default]
    ChannelsLast,
    /// If all tensors have the same extents, they have the same layout, whichever it is. Otherwise they have their
    /// channels last.
    Same,
    /// Each tensor has its own layout.
    Any,
}

/// What the layouts of an operation's tensors have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommonLayout {
    /// Nothing.
    Nothing,
    /// The channels are last.
    ChannelsLast,
    /// All are this layout.
    Only(Layout),
}

impl LayoutRule {
    /// Returns what the layouts have in common if one of them is `preferred`. `dims` are the extents of all operands and
    /// results. Operands of a single value do not count, because they have no order.
    pub(crate) fn common<'a>(
        self,
        dims: impl Iterator<Item = &'a Dims>,
        preferred: Layout,
    ) -> CommonLayout {
        let mut dims = dims.filter(|dims| dims.count() > 1);
        match self {
            Self::Any => CommonLayout::Nothing,
            Self::ChannelsLast => CommonLayout::ChannelsLast,
            Self::Same => {
                let first = dims.next();
                match dims.all(|other| Some(other) == first) {
                    true => CommonLayout::Only(preferred),
                    false => CommonLayout::ChannelsLast,
                }
            }
        }
    }

    /// Checks that the tensors of `site` follow the rule.
    pub(super) fn check(self, site: &Site<'_>) -> Result<(), Reason> {
        let common = self.common(site.extents(), site.output_arrangement().layout);
        let needed = |tensor: &Arrangement| common.of(&tensor.dims);
        let mut tensors = site.arrangements();
        let wrong = tensors.find_map(|tensor| {
            let needed = needed(tensor).filter(|&layout| layout != tensor.layout)?;
            Some(format!(
                "needs the layout {needed}, found {}",
                tensor.layout
            ))
        });
        wrong.map_or(Ok(()), |reason| Err(Reason::new(reason)))
    }
}

impl CommonLayout {
    /// Returns the layout that a tensor of `dims` must have, or `None` if it can have any.
    pub(crate) fn of(self, dims: &Dims) -> Option<Layout> {
        match self {
            Self::Nothing => None,
            Self::ChannelsLast => Some(Layout::channels_last(dims.rank())),
            Self::Only(layout) => Some(layout),
        }
    }
}
