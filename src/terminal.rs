//! Text from outside on a line of a terminal.

use std::borrow::Cow;

/// Returns `text` with the characters escaped that would not be printed in their place. Names of files and tensors come from
/// outside. They must not break the line, change the order of its letters, or reach the terminal as commands.
///
/// ```
/// use menagerie::terminal::one_line;
///
/// assert_eq!(one_line("café.jpg"), "café.jpg");
/// assert_eq!(one_line("a\n\u{1b}[2J.jpg"), "a\\n\\u{1b}[2J.jpg");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(moves) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().fold(String::new(), |mut line, character| {
        match moves(character) {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
        line
    });
    Cow::Owned(escaped)
}

/// Whether `character` moves the cursor, ends a line, or changes the direction of writing (Unicode's Bidi_Control).
fn moves(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_moves_the_cursor_is_escaped() {
        for (text, expected) in [
            ("a\nb\u{1b}[2J", "a\\nb\\u{1b}[2J"),
            ("\u{9b}2J\u{7f}\0\t\r", "\\u{9b}2J\\u{7f}\\u{0}\\t\\r"),
            ("cat\u{202e}gpj.exe", "cat\\u{202e}gpj.exe"),
            ("\u{2066}a\u{2069}\u{200f}", "\\u{2066}a\\u{2069}\\u{200f}"),
            ("one\u{2028}two\u{2029}", "one\\u{2028}two\\u{2029}"),
            // Marks over letters, joined emoji, other scripts, quotes and backslashes stay.
            (
                "e\u{301} 👩\u{200d}🔬 שלום \"\\\u{a0}",
                "e\u{301} 👩\u{200d}🔬 שלום \"\\\u{a0}",
            ),
        ] {
            assert_eq!(one_line(text), expected);
        }
    }
}
