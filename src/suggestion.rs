//! Suggestions for mistyped names.

/// Returns the name that starts with `wanted`, or else the name with the smallest edit distance to it. Returns
/// `None` if the distance is more than half of the length of `wanted`.
pub(crate) fn nearest<'a>(
    names: impl IntoIterator<Item = &'a str>,
    wanted: &str,
) -> Option<&'a str> {
    let edits = |name: &str| match name.starts_with(wanted) {
        true => 0,
        false => strsim::damerau_levenshtein(name, wanted),
    };
    let names = names.into_iter().map(|name| (edits(name), name));
    let (edits, nearest) = names.min_by_key(|(edits, _)| *edits)?;
    let is_near = !wanted.is_empty() && edits <= wanted.chars().count().div_ceil(2);
    is_near.then_some(nearest)
}
