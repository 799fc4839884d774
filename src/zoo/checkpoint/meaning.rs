//! What weights mean: the preprocessing of photos, and the names of classes.
//!
//! Both come from the first that has them: the file itself, files beside it, the publisher of the weights. Else those of
//! the network's reference implementation are assumed, which is a remark.

use super::form::Form;
use super::publisher::Publisher;
use super::remark::Remark;
use super::source;
use crate::error::Result;
use crate::labels::Labels;
use crate::meaning::{self, Config};
use crate::preprocess::{Adjustments, Preprocess};
use crate::weights::{Naming, Weights};
use crate::zoo::{Model, Task};

/// Preprocessing and names of classes, and how they were found.
#[derive(Clone)]
pub(super) struct Meaning {
    pub preprocess: Preprocess,
    pub labels: Labels,
    pub remarks: Vec<Remark>,
}

/// The meaning of `weights` of `model` in its form `form`.
///
/// # Errors
/// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if the mean of the input is a tensor that cannot be used.
pub(super) fn meaning(
    model: &Model,
    weights: &Weights,
    publisher: Publisher,
    form: &Form,
) -> Result<Meaning> {
    let mut remarks = of_names(weights.naming(), form);
    let inside = inside(weights)?;
    let (beside, unread) = weights
        .path()
        .map(|path| meaning::beside(path, form.classes))
        .unwrap_or_default();
    let unread = unread.into_iter();
    remarks.extend(unread.map(|meaning::Unread { path, reason }| Remark::Unread { path, reason }));
    let known = inside.adjustments.or(beside.adjustments);
    let variant = inside.architecture.or(beside.architecture);
    let is_own = |name: &String| {
        let published = model.published.map(|published| published.repository.id);
        published.is_some_and(|id| id.contains(name.as_str()))
    };
    let variant = variant.filter(|name| name.starts_with("tf_") && !is_own(name));
    remarks.extend(variant.map(Remark::TensorFlowVariant));
    let is_default = |path| source::is_default(model.name, path);
    let file = weights.path().and_then(|path| {
        let open = publisher == Publisher::Reference && !known.are_complete() && !is_default(path);
        let same = || open.then(|| model.known_bytes(path)).flatten();
        model.known_file(path).or_else(same)
    });
    let published = match (&file, publisher, &model.published) {
        (Some(file), ..) => file.preprocess(model),
        (None, Publisher::Hub, Some(published)) => published.preprocess,
        (None, ..) => model.preprocess,
    };
    // Known files are evaluated at sizes of their own.
    let own_size = file.is_some() && !form.small_stem && model.task == Task::Classify;
    let [height, width] = match own_size {
        true => published.crop,
        false => form.size(model),
    };
    let preprocess = published.for_size(height, width).adjusted(&known);

    let is_assumed = publisher == Publisher::Reference
        && weights.path().is_some_and(|path| {
            let is_known = file.is_some_and(|file| file.is_at(path));
            !is_known && !is_default(path)
        });
    if is_assumed && !known.are_complete() {
        remarks.push(Remark::AssumedPreprocess(preprocess));
    }
    let named = match inside.labels {
        Some(labels) if !meaning::fits(&labels, form.classes) => {
            let (names, classes) = (labels.len(), form.classes);
            remarks.push(Remark::WrongLabels { names, classes });
            None
        }
        labels => labels,
    };
    let labels = match named.or(beside.labels) {
        Some(labels) => labels,
        None if form.classes != model.classes => Labels::default(),
        None => {
            if is_assumed {
                remarks.push(Remark::AssumedLabels(form.classes));
            }
            model.labels()
        }
    };
    Ok(Meaning {
        preprocess,
        labels,
        remarks,
    })
}

/// What the file itself says: its metadata, and a normalisation of the input among its tensors.
fn inside(weights: &Weights) -> Result<Config> {
    let mut found = Config::of_metadata(weights.metadata());
    if let Some([mean, std]) = weights.normalisation()? {
        found.adjustments = found.adjustments.or(normalised(&mean, &std));
    }
    Ok(found)
}

/// The normalisation by tensors. Values above 1 are for pixels from 0 to 255.
fn normalised(mean: &[f32], std: &[f32]) -> Adjustments {
    let channels = |values: &[f32]| match *values {
        [one] => Some([one; 3]),
        [red, green, blue] => Some([red, green, blue]),
        _ => None,
    };
    let mut found = Adjustments::default();
    if let (Some(mean), Some(std)) = (channels(mean), channels(std)) {
        let is_of_pixels = mean.iter().chain(&std).any(|&value| value > 1.0);
        let scale = if is_of_pixels { 1.0 } else { 1.0 / 255.0 };
        found.normalise_scaled(scale, mean, std);
    }
    found
}

/// The remarks about names.
fn of_names(naming: Option<&Naming>, form: &Form) -> Vec<Remark> {
    let Some(naming) = naming else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    match (naming.copies.is_empty(), naming.prefix.is_empty()) {
        (false, _) => remarks.push(Remark::Copies {
            used: naming.prefix.clone(),
            others: naming.copies.clone(),
        }),
        (true, false) => remarks.push(Remark::Module(naming.prefix.clone())),
        (true, true) => {}
    }
    if !naming.renamed.is_empty() {
        remarks.push(Remark::Renamed(naming.renamed.clone()));
    }
    if !naming.unused.is_empty() {
        remarks.push(Remark::Unused(naming.unused.clone()));
    }
    let zeros: Vec<String> = naming.zeros().map(str::to_owned).collect();
    if !zeros.is_empty() {
        remarks.push(Remark::Zero(zeros));
    }
    if form.small_stem {
        remarks.push(Remark::SmallStem);
    }
    remarks
}
