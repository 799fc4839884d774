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
        Self::of_parts(layers, |path| path.split('.').collect())
    }

    /// The same, with the modules of numbered lists in the place of the lists: `stages.0` and `stages.1` are two modules, and
    /// others may be between them in the network.
    pub fn root_with_open_lists(layers: &[Layer<'a>]) -> Self {
        Self::of_parts(layers, with_numbers)
    }

    fn of_parts(layers: &[Layer<'a>], parts: impl Fn(&'a str) -> Vec<&'a str>) -> Self {
        let mut root = Self::default();
        for (index, layer) in layers.iter().enumerate() {
            if layer.path.split('.').count() <= DEEPEST && !is_count(layer) {
                root.insert(parts(layer.path).into_iter(), index);
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

/// The parts of `path`, where a number belongs to the name before it: `stages.0`, `1`, `conv.2`.
fn with_numbers(path: &str) -> Vec<&str> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = Vec::new();
    let mut rest = path;
    while let Some((name, after)) = rest.split_once('.') {
        let number = after.split('.').next().unwrap_or_default();
        let end = match is_number(number) && !is_number(name) {
            true => name.len() + 1 + number.len(),
            false => name.len(),
        };
        parts.push(&rest[..end]);
        match rest[end..].strip_prefix('.') {
            Some(after) => rest = after,
            None => return parts,
        }
    }
    parts.push(rest);
    parts
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
