//! Text from files in messages.

use crate::terminal::one_line;

/// The most characters of a file's own text that an error message quotes.
const QUOTED: usize = 120;

/// Shortens and escapes text from a file so that it fits into one line of a message.
pub(crate) fn printable(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => one_line(&text[..end]).into_owned() + "...",
        None => one_line(text).into_owned(),
    }
}
