//! An evaluation as a page of its own. Style and pictures are inside.

use std::fmt::Write;

use menagerie::photo::Decoding;

use super::report::Report;
use super::thumbnail;
use super::worst::Mistake;
use crate::cli::output::one_line;
use crate::cli::page::{escaped, fill};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The most classes of a confusion table on the page. Of more classes, the page has the most frequent mistakes.
const TABLE_CLASSES: usize = 40;
/// The number of mistakes on the page if there are more classes.
const MISTAKES: usize = 200;

/// The page. It decodes the photos of the worst mistakes again, with the options of `decoding`.
pub fn page(report: &Report<'_>, decoding: &Decoding) -> String {
    let mistakes: Vec<String> = report
        .worst
        .iter()
        .map(|mistake| figure(report, mistake, decoding))
        .collect();
    let mistakes = match mistakes.is_empty() {
        true => "<p>None.</p>".to_owned(),
        false => mistakes.concat(),
    };
    let confusion = match report.classes().len() {
        ..=TABLE_CLASSES => matrix(report),
        _ => frequent(report),
    };
    fill(
        PAGE,
        [
            ("/* style */", STYLE),
            ("<!-- model -->", &escaped(report.network)),
            ("<!-- setting -->", &setting(report)),
            ("<!-- totals -->", &totals(report)),
            ("<!-- mistakes -->", &mistakes),
            ("<!-- confusion -->", &confusion),
            ("<!-- classes -->", &classes(report)),
            ("<!-- failed -->", &failed(report)),
        ],
    )
}

fn setting(report: &Report<'_>) -> String {
    let weights = escaped(&one_line(&report.weights));
    format!("{weights}, on {}", escaped(&report.adapter))
}

fn totals(report: &Report<'_>) -> String {
    let evaluation = &report.evaluation;
    let mut totals = String::new();
    let mut add = |name: &str, value: &str, more: &str| {
        // Writing to a string cannot fail.
        let _ = write!(
            totals,
            "<div><dt>{name}</dt><dd>{value}<small>{more}</small></dd></div>"
        );
    };
    for k in [1, report.most()] {
        let share = evaluation.accuracy(k).unwrap_or_default();
        let more = format!("{} of {}", evaluation.right_within(k), evaluation.photos());
        add(
            &format!("top-{k}"),
            &format!("{:.2}%", 100.0 * share),
            &more,
        );
    }
    let with_photos = evaluation.by_class();
    let with_photos = with_photos
        .values()
        .filter(|count| count.photos > 0)
        .count();
    let of = format!("of {} of the network", evaluation.classes());
    add("classes", &with_photos.to_string(), &of);
    add("images that failed", &report.failed.len().to_string(), "");
    totals
}

/// A mistake with its picture.
fn figure(report: &Report<'_>, mistake: &Mistake, decoding: &Decoding) -> String {
    let picture = match thumbnail::address(&mistake.source, decoding) {
        Ok(address) => format!("<img alt=\"\" loading=\"lazy\" src=\"{address}\">"),
        // It was there, and was changed or removed since.
        Err(error) => format!("<p class=\"missing\">{}</p>", escaped(&error.to_string())),
    };
    let line = |kind: &str, class: usize, probability: f64| {
        let label = escaped(&one_line(&report.labels.label(class)));
        let share = 100.0 * probability;
        format!("<span class=\"line {kind}\"><span>{label}</span><span>{share:.2}%</span></span>")
    };
    let right = line("right", mistake.class, mistake.probability);
    let mut answer = String::new();
    for (rank, &(class, probability)) in mistake.top.iter().enumerate().take(3) {
        let kind = if rank == 0 { "wrong" } else { "" };
        let _ = write!(answer, "<li>{}</li>", line(kind, class, probability));
    }
    let file = escaped(&one_line(&mistake.source.to_string()));
    format!(
        "<figure>{picture}<figcaption>{right}<ol>{answer}</ol><div class=\"file\">{file}</div></figcaption></figure>\n"
    )
}

/// The confusion table: a row for each right class, a column for each answer.
fn matrix(report: &Report<'_>) -> String {
    let classes = report.classes();
    let by_class = report.evaluation.by_class();
    let mut table = String::from(
        "<p class=\"quiet\">Rows are right classes, columns are answers.</p>\
         <div class=\"scroll\"><table class=\"matrix\"><thead><tr><th></th>",
    );
    for &class in &classes {
        let label = escaped(&one_line(&report.labels.label(class)));
        let _ = write!(table, "<th title=\"{label}\">{class}</th>");
    }
    table.push_str("</tr></thead><tbody>\n");
    for (&class, count) in by_class.iter().filter(|(_, count)| count.photos > 0) {
        let label = escaped(&one_line(&report.labels.label(class)));
        let _ = write!(table, "<tr><th>{class} {label}</th>");
        for &predicted in &classes {
            match report.evaluation.count(class, predicted) {
                0 => table.push_str("<td></td>"),
                photos => {
                    let kind = if class == predicted { "right" } else { "wrong" };
                    let share = 100 * photos / count.photos;
                    let _ = write!(
                        table,
                        "<td class=\"{kind}\" style=\"--share: {share}\">{photos}</td>"
                    );
                }
            }
        }
        table.push_str("</tr>\n");
    }
    table.push_str("</tbody></table></div>");
    table
}

/// The most frequent mistakes.
fn frequent(report: &Report<'_>) -> String {
    let by_class = report.evaluation.by_class();
    let mistakes = report.evaluation.mistakes();
    let rows = mistakes.iter().take(MISTAKES).map(|cell| {
        [
            report.labels.label(cell.class).into_owned(),
            report.labels.label(cell.predicted).into_owned(),
            cell.photos.to_string(),
            by_class[&cell.class].photos.to_string(),
        ]
    });
    table(["right class", "answer", "images", "of"], rows)
}

/// The accuracy of each class, the worst first.
fn classes(report: &Report<'_>) -> String {
    let by_class = report.evaluation.by_class();
    let mut counts: Vec<_> = by_class
        .iter()
        .filter(|(_, count)| count.photos > 0)
        .collect();
    let share = |right: usize, photos: usize| right as f64 / photos as f64;
    counts.sort_by(|(_, a), (_, b)| share(a.right, a.photos).total_cmp(&share(b.right, b.photos)));
    let rows = counts.into_iter().map(|(&class, count)| {
        let right = 100.0 * share(count.right, count.photos);
        [
            format!("{class} {}", report.labels.label(class)),
            format!("{right:.1}%"),
            count.photos.to_string(),
            count.predicted.to_string(),
        ]
    });
    table(["class", "correct", "images", "answers"], rows)
}

/// The photos without an answer, if there are any.
fn failed(report: &Report<'_>) -> String {
    if report.failed.is_empty() {
        return String::new();
    }
    let rows = report
        .failed
        .iter()
        .map(|failed| [failed.source.to_string(), failed.error.to_string()]);
    format!(
        "<section><h2>Images that failed</h2>{}</section>",
        table(["image", "error"], rows)
    )
}

/// A table whose columns after the first two are numbers.
fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let cells = |tag: &str, cells: &[String; N]| {
        let cells = cells.iter().enumerate().map(|(column, cell)| {
            let kind = if column > 1 { " class=\"number\"" } else { "" };
            format!("<{tag}{kind}>{}</{tag}>", escaped(&one_line(cell)))
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let header = cells("th", &header.map(str::to_owned));
    let rows: String = rows.map(|row| cells("td", &row)).collect();
    format!(
        "<div class=\"scroll\"><table><thead>{header}</thead><tbody>{rows}</tbody></table></div>"
    )
}
