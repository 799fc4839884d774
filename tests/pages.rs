//! The code on a page is the code of the example that the page explains, so that neither goes without the other.

use std::fs;
use std::path::Path;

/// A page, the folder of its example, and the least number of pieces of code that it shows.
const PAGES: [(&str, &str, usize); 2] = [
    ("docs/graphics-app.md", "examples/overlay", 15),
    ("docs/your-own-kernel.md", "examples/own_kernel", 2),
];

#[test]
fn code_on_pages_is_in_their_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, folder, least) in PAGES {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let files: Vec<Vec<String>> = fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| lines(&fs::read_to_string(entry.unwrap().path()).unwrap()))
            .collect();
        let pieces = pieces(&text);
        assert!(pieces.len() >= least, "{page}: {} pieces", pieces.len());
        for piece in &pieces {
            let found = files.iter().any(|file| contains(file, piece));
            assert!(found, "{page}: not in {folder}:\n{}", piece.join("\n"));
        }
    }
}

#[test]
fn a_piece_that_is_in_no_example_is_found_out() {
    let file = lines("fn main() {\n    first();\n    second();\n}\n");
    let page =
        |code: &str| pieces(&format!("text\n```rust\n{code}\n```\n```sh\nls\n```\n")).remove(0);
    assert!(contains(&file, &page("first();\nsecond();")));
    for stale in [
        "first();\nthird();",
        "second();\nfirst();",
        "first()",
        "first();\n\nsecond();",
    ] {
        assert!(!contains(&file, &page(stale)), "{stale}");
    }
}

/// The blocks of Rust, WGSL and JSON on a page.
fn pieces(page: &str) -> Vec<Vec<String>> {
    // Between the fences of blocks, every second piece of text is inside.
    let inside = page.split("```").skip(1).step_by(2);
    let code = inside.filter_map(|block| {
        let (language, code) = block.split_once('\n')?;
        ["rust", "wgsl", "json"]
            .contains(&language)
            .then(|| lines(code))
    });
    code.collect()
}

/// Lines without their indentation, which a page leaves out.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}

fn contains(file: &[String], piece: &[String]) -> bool {
    !piece.is_empty() && file.windows(piece.len()).any(|part| part == piece)
}
