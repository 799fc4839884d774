//! HTML pages that have everything inside, so that they can be kept and sent as one file.

use std::fmt::Write;

/// `page` with each of `places` replaced by its text. The places come in this order, and what is put in is not searched.
pub fn fill<const N: usize>(page: &str, places: [(&str, &str); N]) -> String {
    let mut filled = String::new();
    let mut rest = page;
    for (place, text) in places {
        let Some((before, after)) = rest.split_once(place) else {
            continue;
        };
        filled.push_str(before);
        filled.push_str(text);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// `text` for the content of an element or the value of an attribute in quotes.
pub fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            _ => escaped.push(character),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_searched() {
        let page = fill("a [1] b [2] c", [("[1]", "[2]"), ("[2]", "[1]")]);
        assert_eq!(page, "a [2] b [1] c");
    }

    #[test]
    fn text_from_outside_stays_text() {
        let text = escaped("<b title='x'>\"&amp;");
        assert_eq!(text, "&#60;b title=&#39;x&#39;&#62;&#34;&#38;amp;");
    }
}
