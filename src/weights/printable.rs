//! Text from files in messages.

/// The most characters of a file's own text that an error message quotes.
const QUOTED: usize = 120;

/// Shortens and escapes text from a file so that it fits into one line of a message.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|character| {
            // Only control characters are escaped, because they could move the cursor of a terminal.
            let escaped = character.is_control().then(|| character.escape_default());
            let kept = escaped.is_none().then_some(character);
            kept.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect();
    if text.chars().nth(QUOTED).is_some() {
        shown.push_str("...");
    }
    shown
}
