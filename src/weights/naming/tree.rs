//! The modules of a file: its layers as a tree of names.

use super::layer::Layer;

/// The most parts of a name. A longer one is no network's, and is left out of the tree.
const DEEPEST: usize = 64;

/// A module of a file.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    /// The last part of its path. Empty for the root, and for a layer that has modules inside.
    pub label: &'a str,
    /// The index of its layer. A module has either a layer or modules inside.
    pub layer: Option<usize>,
    pub inside: Vec<Module<'a>>,
    /// The index of the module beside it whose label has the same stem and the next lower number.
    pub before: Option<usize>,
    /// The number of layers in it.
    pub layers: usize,
}

impl<'a> Module<'a> {
    /// The root of the modules of `layers`, without layers that only count something.
    pub fn root(layers: &[Layer<'a>]) -> Self {
        let mut root = Self::default();
        for (index, layer) in layers.iter().enumerate() {
            let parts = layer.path.split('.');
            if parts.clone().count() <= DEEPEST && !is_count(layer) {
                root.insert(parts, index);
            }
        }
        root.complete();
        root
    }

    /// All modules that contain others, with this one first.
    pub fn roots(&self) -> Vec<&Self> {
        let inside = self.inside.iter().flat_map(Module::roots);
        let this = self.layer.is_none().then_some(self);
        this.into_iter().chain(inside).collect()
    }

    fn insert(&mut self, mut parts: impl Iterator<Item = &'a str>, layer: usize) {
        let Some(label) = parts.next() else {
            self.layer = Some(layer);
            return;
        };
        // Sorted names of one module follow each other.
        if self.inside.last().is_none_or(|last| last.label != label) {
            self.inside.push(Self {
                label,
                ..Self::default()
            });
        }
        if let Some(last) = self.inside.last_mut() {
            last.insert(parts, layer);
        }
    }

    /// Gives a layer with modules inside a module of its own, counts layers, and orders numbered modules.
    fn complete(&mut self) {
        if let (Some(layer), false) = (self.layer, self.inside.is_empty()) {
            self.layer = None;
            self.inside.push(Self {
                layer: Some(layer),
                ..Self::default()
            });
        }
        self.inside.iter_mut().for_each(Self::complete);
        let inside: usize = self.inside.iter().map(|inner| inner.layers).sum();
        self.layers = inside + usize::from(self.layer.is_some());
        let labels = self.inside.iter().enumerate();
        let mut numbered: Vec<(&str, u64, usize)> = labels
            .filter_map(|(index, inner)| {
                let (stem, number) = numbered(inner.label)?;
                Some((stem, number, index))
            })
            .collect();
        numbered.sort_unstable();
        for pair in numbered.windows(2) {
            if let &[(stem, _, before), (other, _, index)] = pair
                && stem == other
            {
                self.inside[index].before = Some(before);
            }
        }
    }
}

/// A label without its number, and the number: `layer` and 4. `None` if it ends in no digit.
pub(super) fn numbered(label: &str) -> Option<(&str, u64)> {
    let stem = label.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let number = label[stem.len()..].parse().ok()?;
    Some((stem, number))
}

/// Whether a bare parameter is a single number, such as a count of steps or of operations.
fn is_count(layer: &Layer<'_>) -> bool {
    layer
        .tensors
        .iter()
        .all(|tensor| tensor.role.is_empty() && tensor.shape.iter().all(|&extent| extent == 1))
}
