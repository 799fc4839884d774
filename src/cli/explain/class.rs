//! Which class a user means.

use menagerie::{Error, ErrorKind, Result};

/// The class that `text` names, of so many `classes`, of which some or none have `names`: its index, or its
/// name in capitals or not, or a part of it that no other has.
///
/// # Errors
/// `ErrorKind::Input` where there is no such class, or several could be meant.
pub fn find(text: &str, names: &[&str], classes: usize) -> Result<usize> {
    let refused = |message: String| Err(Error::new(ErrorKind::Input, message));
    let wanted = text.to_lowercase();
    let lowercase: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    // A digit is also a name of a class of its own, with the same index.
    if let Ok(index) = text.parse::<usize>() {
        return match index < classes {
            true => Ok(index),
            false => refused(format!(
                "there is no class {index}: the network has {classes}, they count from 0"
            )),
        };
    }
    if names.is_empty() {
        return refused(format!(
            "these classes have no names: expected an index below {classes}, found {text:?}"
        ));
    }
    if let Some(index) = lowercase.iter().position(|name| *name == wanted) {
        return Ok(index);
    }
    let holding = |index: &usize| lowercase[*index].contains(&wanted);
    let found: Vec<usize> = (0..names.len()).filter(holding).collect();
    match found[..] {
        [index] => Ok(index),
        [] => {
            let distance = |index: &usize| strsim::damerau_levenshtein(&lowercase[*index], &wanted);
            let nearest = (0..names.len()).min_by_key(distance);
            let near =
                nearest.filter(|index| distance(index) <= wanted.chars().count().div_ceil(2));
            refused(match near {
                Some(near) => format!(
                    "no class is called {text:?}; did you mean {:?}?",
                    names[near]
                ),
                None => format!("no class is called {text:?}, or anything near it"),
            })
        }
        [first, second, ..] => refused(format!(
            "{} classes have {text:?} in their names: {:?} and {:?}, for instance",
            found.len(),
            names[first],
            names[second]
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    const NAMES: [&str; 4] = ["tiger cat", "Persian cat", "tiger", "coffee mug"];

    #[test]
    fn a_class_is_an_index_a_name_or_a_part_of_one() {
        for (text, expected) in [("3", 3), ("tiger", 2), ("persian CAT", 1), ("mug", 3)] {
            assert_eq!(find(text, &NAMES, 4).unwrap(), expected, "{text}");
        }
        assert_eq!(find("6", &[], 7).unwrap(), 6);
    }

    #[test]
    fn what_is_no_class_is_told_what_there_is() {
        for (text, names, says) in [
            (
                "4",
                &NAMES[..],
                "there is no class 4: the network has 4, they count from 0",
            ),
            (
                "tigre",
                &NAMES,
                "no class is called \"tigre\"; did you mean \"tiger\"?",
            ),
            (
                "cat",
                &NAMES,
                "2 classes have \"cat\" in their names: \"tiger cat\" and \"Persian cat\", for instance",
            ),
            (
                "aardvark",
                &NAMES,
                "no class is called \"aardvark\", or anything near it",
            ),
            (
                "cat",
                &[],
                "these classes have no names: expected an index below 4, found \"cat\"",
            ),
        ] {
            assert_eq!(find(text, names, 4).unwrap_err().to_string(), says);
        }
    }
}
