//! A profile as a page of its own: style, script and numbers are inside, so it can be kept and sent as a file.

use super::json;
use super::report::Report;
use crate::cli::page::fill;

const PAGE: &str = include_str!("report.html");
const STYLE: &str = concat!(include_str!("report.css"), include_str!("roofline.css"));
const SCRIPT: &str = concat!(include_str!("roofline.js"), include_str!("report.js"));

/// The page. It contains the report as JSON, which the script displays.
pub fn page(report: &Report) -> String {
    // Inside a script element, text ends at the next `</script`; JSON may write `<` as an escape.
    let data = json::value(report).to_string().replace('<', "\\u003c");
    let places = [
        ("/* style */", STYLE),
        ("/* data */", &data),
        ("/* script */", SCRIPT),
    ];
    fill(PAGE, places)
}

#[cfg(test)]
mod tests {
    use menagerie::profile::Timing;
    use serde_json::Value;

    use super::*;
    use crate::cli::profile::report::sample;

    /// The text of the script element that contains the report, up to where a browser ends it.
    fn embedded(page: &str) -> &str {
        let (_, rest) = page.split_once(r#"id="report">"#).unwrap();
        rest.split_once("</script").unwrap().0
    }

    #[test]
    fn names_from_outside_stay_inside_the_data() {
        let names = [
            "</script><img src=x onerror=alert(1)>",
            "<!--<script>",
            "/* script */",
            "\u{2028}",
        ];
        let report = sample::report(&names, Timing::InPass);
        let page = page(&report);
        let data: Value = serde_json::from_str(embedded(&page)).unwrap();
        assert_eq!(data, json::value(&report));
        for name in &names[..2] {
            assert!(!page.contains(name));
        }
        assert_eq!(page.matches("<script").count(), 2);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = page(&sample::report(&["layer"], Timing::WallOnly));
        for reach in [
            "://", "src=", "href=", "url(", "@import", "import(", "fetch(",
        ] {
            assert!(!page.contains(reach), "{reach}");
        }
        for place in ["/* style */", "/* data */", "/* script */"] {
            assert!(!page.contains(place), "{place}");
        }
    }
}
