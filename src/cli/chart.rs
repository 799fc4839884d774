//! Pages of tables with bars. Style and numbers are inside.

use std::fmt::Write;

use super::page::escaped;

const STYLE: &str = include_str!("chart.css");

/// A cell of a table.
pub enum Cell {
    Text(String),
    /// A bar of this part of the column's width, from 0 to 1.
    Bar(f64),
}

/// A page under construction.
pub struct Chart {
    html: String,
}

impl Chart {
    /// A page with a title and a line below it.
    pub fn new(title: &str, below: &str) -> Self {
        let (title, below) = (escaped(title), escaped(below));
        Self {
            html: format!(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
                 <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{below}</p>\n"
            ),
        }
    }

    /// Adds a table with its heading, and `notes` below it.
    pub fn table(&mut self, heading: &str, header: &[&str], rows: &[Vec<Cell>], notes: &[String]) {
        let out = &mut self.html;
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<section>\n<h2>{}</h2>\n<table>\n<tr>",
            escaped(heading)
        );
        for name in header {
            let _ = write!(out, "<th>{}</th>", escaped(name));
        }
        out.push_str("</tr>\n");
        for row in rows {
            out.push_str("<tr>");
            for cell in row {
                let _ = match cell {
                    Cell::Text(text) => write!(out, "<td>{}</td>", escaped(text)),
                    Cell::Bar(part) => {
                        let percent = 100.0 * part.clamp(0.0, 1.0);
                        write!(
                            out,
                            "<td class=\"bar\"><i style=\"width:{percent:.1}%\"></i></td>"
                        )
                    }
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</table>\n");
        for note in notes {
            let _ = writeln!(out, "<p>{}</p>", escaped(note));
        }
        out.push_str("</section>\n");
    }

    /// The whole page.
    pub fn finish(self) -> String {
        self.html + "</body>\n</html>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_text_and_bars_and_needs_nothing_from_elsewhere() {
        let mut chart = Chart::new("<b>", "a & b");
        let rows = [
            vec![Cell::Text("</td>".to_owned()), Cell::Bar(0.25)],
            vec![Cell::Bar(f64::NAN)],
        ];
        chart.table("times", &["name", ""], &rows, &["note".to_owned()]);
        let page = chart.finish();
        assert!(page.contains(
            "<td>&#60;/td&#62;</td><td class=\"bar\"><i style=\"width:25.0%\"></i></td>"
        ));
        assert!(page.contains("<h1>&#60;b&#62;</h1>\n<p>a &#38; b</p>"));
        for reach in ["://", "src=", "href=", "url(", "@import"] {
            assert!(!page.contains(reach), "{reach}");
        }
    }
}
