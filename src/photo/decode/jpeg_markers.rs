//! The markers of a JPEG file: what it promises, and where its data ends.

/// The structure of a JPEG file.
pub struct Markers {
    /// The frame header.
    pub frame: Frame,
    /// The position after the data of the last scan.
    pub end: usize,
    /// Whether the end marker is there.
    pub is_closed: bool,
    /// The position of the number 0 in Adobe's segment, if it says that three components are red, green and blue.
    pub adobe_rgb: Option<usize>,
    /// The bytes of compressed data in all scans.
    data: usize,
    /// The components that scans have.
    scanned: Vec<u8>,
}

/// A frame header.
pub struct Frame {
    /// The second byte of its marker: the kind of compression.
    pub marker: u8,
    /// The bits of a sample.
    pub precision: u8,
    height: usize,
    width: usize,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    horizontal: usize,
    vertical: usize,
}

const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const PROGRESSIVE: u8 = 0xc2;
/// The position of the transform of colours in Adobe's segment.
const TRANSFORM: usize = 11;

impl Markers {
    /// Reads the markers of `file`. `None` if it ends before the first scan.
    pub fn read(file: &[u8]) -> Option<Self> {
        let mut frame = None;
        let mut scans = None;
        let mut transform = None;
        let mut is_jfif = false;
        let mut position = 2;
        let mut is_closed = false;
        while let Some((marker, after)) = next_marker(file, position) {
            if marker == END_OF_IMAGE {
                is_closed = true;
                break;
            }
            let Some(body) = segment(file, after) else {
                break;
            };
            position = after + 2 + body.len();
            match marker {
                // Tables and other headers with numbers between those of frames.
                0xc4 | 0xc8 | 0xcc => {}
                0xc0..=0xcf | 0xf7 => frame = Some(Frame::read(marker, body)?),
                START_OF_SCAN => {
                    let end = end_of_data(file, position);
                    let scans: &mut Scans = scans.get_or_insert_default();
                    scans.data += end - position;
                    scans.end = end;
                    let count = usize::from(*body.first()?);
                    let components = body.get(1..)?.chunks_exact(2).take(count);
                    scans.components.extend(components.map(|entry| entry[0]));
                    position = end;
                }
                0xe0 => is_jfif |= body.starts_with(b"JFIF"),
                0xee if body.starts_with(b"Adobe") && body.get(TRANSFORM) == Some(&0) => {
                    transform = Some(after + 2 + TRANSFORM);
                }
                _ => {}
            }
        }
        let (frame, scans): (Frame, Scans) = (frame?, scans?);
        Some(Self {
            // JFIF has no such components.
            adobe_rgb: transform.filter(|_| frame.components.len() == 3 && !is_jfif),
            frame,
            end: scans.end,
            is_closed,
            data: scans.data,
            scanned: scans.components,
        })
    }

    /// Whether data is certainly missing. For a baseline image, the decoder finds what else is missing. A progressive
    /// image without an end marker may lack whole scans, so it is incomplete.
    pub fn is_cut(&self) -> bool {
        let mut components = self.frame.components.iter();
        let blocks = self.frame.blocks() as u64;
        // A block of a baseline image has at least two codes, and one of a progressive image has one.
        let (is_open, codes) = match self.frame.marker == PROGRESSIVE {
            true => (!self.is_closed, 1),
            false => (false, 2),
        };
        is_open
            || 8 * self.data as u64 + 7 < codes * blocks
            || !components.all(|component| self.scanned.contains(&component.id))
    }
}

#[derive(Default)]
struct Scans {
    data: usize,
    end: usize,
    components: Vec<u8>,
}

impl Frame {
    fn read(marker: u8, body: &[u8]) -> Option<Self> {
        let (header, components) = body.split_first_chunk::<6>()?;
        let &[precision, height_high, height_low, width_high, width_low, _] = header;
        let components = components.chunks_exact(3).map(|entry| Component {
            id: entry[0],
            horizontal: usize::from(entry[1] >> 4),
            vertical: usize::from(entry[1] & 15),
        });
        Some(Self {
            marker,
            precision,
            height: usize::from(u16::from_be_bytes([height_high, height_low])),
            width: usize::from(u16::from_be_bytes([width_high, width_low])),
            components: components.collect(),
        })
    }

    /// Whether the image is stored in several passes.
    pub fn is_progressive(&self) -> bool {
        self.marker == PROGRESSIVE
    }

    /// The number of blocks of 8x8 samples, without those that only pad the image.
    pub fn blocks(&self) -> usize {
        let sampling = |of: fn(&Component) -> usize| self.components.iter().map(of).max();
        let most_wide = sampling(|component| component.horizontal)
            .unwrap_or(1)
            .max(1);
        let most_high = sampling(|component| component.vertical).unwrap_or(1).max(1);
        let components = self.components.iter();
        components
            .map(|component| {
                let across = (self.width * component.horizontal).div_ceil(8 * most_wide);
                let down = (self.height * component.vertical).div_ceil(8 * most_high);
                across * down
            })
            .sum()
    }

    /// The name of a kind of compression that is not decoded, and a program that converts it.
    pub fn foreign(&self) -> Option<(&'static str, &'static str)> {
        let djpeg = "`djpeg` of libjpeg-turbo";
        match self.marker {
            0xc3 => Some(("a lossless JPEG image", djpeg)),
            0xc5..=0xc7 => Some((
                "a hierarchical JPEG image",
                "`jpeg` of libjpeg (ISO/IEC 10918-5)",
            )),
            0xc9..=0xcf => Some((
                "an arithmetic-coded JPEG image",
                "`jpegtran` of libjpeg-turbo",
            )),
            0xf7 => Some(("a JPEG-LS image", "`gdcmconv` of GDCM")),
            _ if self.precision != 8 => Some(("a JPEG image of 12 bits", djpeg)),
            _ => None,
        }
    }
}

/// The next marker from `position`, and the position after it.
fn next_marker(file: &[u8], position: usize) -> Option<(u8, usize)> {
    let pairs = file.get(position..)?.windows(2);
    let found = pairs
        .enumerate()
        .find(|(_, pair)| pair[0] == 0xff && !matches!(pair[1], 0 | 0x01 | 0xd0..=0xd8 | 0xff));
    found.map(|(offset, pair)| (pair[1], position + offset + 2))
}

/// The body of the segment whose length is at `position`. `None` if the file ends before.
fn segment(file: &[u8], position: usize) -> Option<&[u8]> {
    let length = u16::from_be_bytes(*file.get(position..)?.first_chunk()?);
    let length = usize::from(length).max(2);
    file.get(position + 2..position + length)
}

/// The position after the compressed data from `position`: that of the next marker, or the end of the file.
fn end_of_data(file: &[u8], position: usize) -> usize {
    let end = match next_marker(file, position) {
        Some((_, after)) => after - 2,
        None => file.len(),
    };
    // Fill bytes, or the first half of a marker.
    let fill = file[position..end].iter().rev();
    end - fill.take_while(|&&byte| byte == 0xff).count()
}
