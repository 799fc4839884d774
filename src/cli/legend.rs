//! A legend of classes below a picture: a square of the colour and the name of each.

use menagerie::{Photo, Result};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

/// Sizes of letters that the font has, in pixels from line to line.
const SIZES: [(usize, RasterHeight); 4] = [
    (16, RasterHeight::Size16),
    (20, RasterHeight::Size20),
    (24, RasterHeight::Size24),
    (32, RasterHeight::Size32),
];
/// Lines of text in the shorter side of a picture, unless it is small.
const LINES: usize = 24;
/// The longest name that is written whole.
const LONGEST: usize = 40;
/// Written for a letter that the font lacks.
const UNKNOWN: char = '?';

const PAPER: u8 = 255;
const FRAME: [u8; 3] = [128; 3];

/// A class that occurs.
pub struct Entry {
    pub colour: [u8; 3],
    pub name: String,
}

/// `picture` with the legend of `entries` below it, in their order, line by line. It is wider than `picture` if that is narrower
/// than an entry; the rest is white.
///
/// # Errors
/// None: the number of pixels fits the size.
pub fn below(picture: Photo, entries: &[Entry]) -> Result<Photo> {
    let [width, height] = [picture.width(), picture.height()];
    let layout = Layout::new([width, height], entries);
    let mut canvas = Canvas::new(layout.width, height + layout.height);
    for (row, line) in picture.rgb().chunks_exact(3 * width).enumerate() {
        let begin = 3 * row * layout.width;
        canvas.rgb[begin..][..line.len()].copy_from_slice(line);
    }
    for (index, entry) in entries.iter().enumerate() {
        let [x, y] = layout.place(index);
        layout.font.entry(&mut canvas, [x, height + y], entry);
    }
    Photo::new(canvas.width, canvas.height, canvas.rgb)
}

/// Where entries are, and the size of the legend.
struct Layout {
    font: Font,
    columns: usize,
    /// From entry to entry.
    pitch: usize,
    width: usize,
    height: usize,
}

impl Layout {
    fn new([width, height]: [usize; 2], entries: &[Entry]) -> Self {
        let font = Font::for_picture(width.min(height));
        let letters = entries.iter().map(|entry| written(&entry.name).count());
        // A square, the name, and space around both.
        let pitch = font.advance() * letters.max().unwrap_or(0) + 2 * font.line + font.gap();
        let columns = (width / pitch).clamp(1, entries.len().max(1));
        let rows = entries.len().div_ceil(columns);
        Self {
            columns,
            pitch,
            width: width.max(pitch),
            height: (rows * font.pitch() + font.gap()) * usize::from(rows > 0),
            font,
        }
    }

    /// The upper left corner of an entry.
    fn place(&self, index: usize) -> [usize; 2] {
        let (row, column) = (index / self.columns, index % self.columns);
        let gap = self.font.gap();
        [gap + column * self.pitch, gap + row * self.font.pitch()]
    }
}

/// Letters of the font, each pixel of which is a square of `scale` pixels.
struct Font {
    size: RasterHeight,
    scale: usize,
    /// The height of a letter.
    line: usize,
}

impl Font {
    /// Letters that can be read beside a picture with a shorter side of so many pixels.
    fn for_picture(shorter: usize) -> Self {
        let wanted = shorter / LINES;
        let (smallest, rest) = (SIZES[0], &SIZES[1..]);
        let largest = rest.iter().rfind(|(line, _)| *line <= wanted);
        let &(line, size) = largest.unwrap_or(&smallest);
        let scale = (wanted / line).max(1);
        Self {
            size,
            scale,
            line: line * scale,
        }
    }

    /// From letter to letter.
    fn advance(&self) -> usize {
        get_raster_width(FontWeight::Regular, self.size) * self.scale
    }

    /// Around entries.
    fn gap(&self) -> usize {
        self.line / 4
    }

    /// From line to line.
    fn pitch(&self) -> usize {
        self.line + self.gap()
    }

    fn entry(&self, canvas: &mut Canvas, [x, y]: [usize; 2], entry: &Entry) {
        let side = self.line - self.gap();
        let top = y + self.gap() / 2;
        canvas.fill([x, top], side, FRAME);
        canvas.fill([x + 1, top + 1], side - 2, entry.colour);
        let text = x + self.line;
        for (index, letter) in written(&entry.name).enumerate() {
            self.letter(canvas, [text + index * self.advance(), y], letter);
        }
    }

    fn letter(&self, canvas: &mut Canvas, [x, y]: [usize; 2], letter: char) {
        let raster = |letter| get_raster(letter, FontWeight::Regular, self.size);
        let Some(raster) = raster(letter).or_else(|| raster(UNKNOWN)) else {
            return;
        };
        for (row, line) in raster.rows().enumerate() {
            for (column, &ink) in line.iter().enumerate() {
                let corner = [x + column * self.scale, y + row * self.scale];
                canvas.fill(corner, self.scale, [PAPER - ink; 3]);
            }
        }
    }
}

/// What is written of `name`: all of it, unless it is long.
fn written(name: &str) -> impl Iterator<Item = char> {
    let is_long = name.chars().count() > LONGEST;
    let kept = if is_long { LONGEST - 3 } else { LONGEST };
    let dots = if is_long { "..." } else { "" };
    name.chars().take(kept).chain(dots.chars())
}

/// White paper.
struct Canvas {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            rgb: vec![PAPER; 3 * width * height],
        }
    }

    /// Fills a square, which is on the paper.
    fn fill(&mut self, [x, y]: [usize; 2], side: usize, colour: [u8; 3]) {
        let (pixels, _) = self.rgb.as_chunks_mut();
        for row in y..y + side {
            pixels[row * self.width + x..][..side].fill(colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &[&str]) -> Vec<Entry> {
        let entries = (1..).zip(names).map(|(index, name)| Entry {
            colour: [index, 2 * index, 3 * index],
            name: (*name).to_owned(),
        });
        entries.collect()
    }

    fn pixel(picture: &Photo, [x, y]: [usize; 2]) -> [u8; 3] {
        let begin = 3 * (y * picture.width() + x);
        let rgb = &picture.rgb()[begin..begin + 3];
        [rgb[0], rgb[1], rgb[2]]
    }

    /// The picture stays, and each entry has its colour and dark letters, also where letters are large.
    #[test]
    fn entries_are_below_the_picture() {
        let entries = entries(&["cat", "dining table", "boîte"]);
        for (size, line) in [
            ([1, 1], 16),
            ([400, 300], 16),
            ([700, 500], 20),
            ([2000, 1700], 64),
        ] {
            let [width, height] = size;
            let picture = Photo::new(width, height, vec![9; 3 * width * height]).unwrap();
            let drawn = below(picture, &entries).unwrap();
            let layout = Layout::new(size, &entries);
            assert_eq!(layout.font.line, line, "{size:?}");
            let expected = (layout.width, height + layout.height);
            assert_eq!((drawn.width(), drawn.height()), expected, "{size:?}");
            assert!(width == 1 || drawn.width() == width, "{size:?}");
            let corners = [[0, 0], [width - 1, height - 1]];
            assert_eq!(corners.map(|at| pixel(&drawn, at)), [[9; 3]; 2]);
            for (index, entry) in entries.iter().enumerate() {
                let [x, y] = layout.place(index);
                let y = height + y;
                assert_eq!(pixel(&drawn, [x + line / 3, y + line / 2]), entry.colour);
                let columns = x + line..x + line + layout.font.advance();
                let mut letter = columns.flat_map(|x| (y..y + line).map(move |y| [x, y]));
                assert!(letter.any(|at| pixel(&drawn, at)[0] < 64), "{size:?}");
            }
        }
    }

    #[test]
    fn entries_fill_lines() {
        let names = entries(&["cat"; 30]);
        let layout = Layout::new([400, 300], &names);
        assert!(layout.columns > 1);
        let places: Vec<[usize; 2]> = (0..30).map(|index| layout.place(index)).collect();
        assert!(places.is_sorted_by_key(|&[x, y]| (y, x)));
        let reach = places.iter().map(|[x, _]| x + layout.pitch).max().unwrap();
        assert!(reach <= 400 + layout.font.gap());
        assert_eq!(Layout::new([400, 300], &[]).height, 0);
    }

    #[test]
    fn long_names_are_cut() {
        let name = "a".repeat(41);
        let cut: String = written(&name).collect();
        assert_eq!(cut, format!("{}...", "a".repeat(37)));
        assert_eq!(written(&name[1..]).count(), 40);
    }
}
