//! The length of an image file at the start of more bytes. No decoder of the `image` crate returns it.

/// The last bytes of a QOI file.
const QOI_END: &[u8] = b"\0\0\0\0\0\0\0\x01";

/// The length of the image file that `bytes` begin with, or `None` if its format does not tell it or the file is cut
/// short.
pub fn end_of_image(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0xff, 0xd8, ..] => end_of_jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => end_of_png(bytes),
        [b'G', b'I', b'F', b'8', ..] => end_of_gif(bytes),
        [b'R', b'I', b'F', b'F', ..] => {
            // The size of a chunk is padded to an even number.
            let size = u32::from_le_bytes(array(bytes, 4)?) as usize;
            within(bytes, size.checked_add(8)?.checked_next_multiple_of(2)?)
        }
        [b'B', b'M', ..] => {
            let size = u32::from_le_bytes(array(bytes, 2)?) as usize;
            (size > 2).then(|| within(bytes, size))?
        }
        [b'q', b'o', b'i', b'f', ..] => {
            // The marker at the end is in no other place.
            let mut marker = bytes.windows(QOI_END.len());
            marker
                .position(|window| window == QOI_END)
                .map(|at| at + QOI_END.len())
        }
        [b'f', b'a', b'r', b'b', b'f', b'e', b'l', b'd', ..] => {
            let width = u32::from_be_bytes(array(bytes, 8)?) as usize;
            let height = u32::from_be_bytes(array(bytes, 12)?) as usize;
            let pixels = width.checked_mul(height)?.checked_mul(8)?;
            within(bytes, pixels.checked_add(16)?)
        }
        [b'P', b'7', ..] => end_of_pam(bytes),
        [b'P', kind @ b'4'..=b'6', ..] => end_of_pnm(bytes, *kind),
        _ => None,
    }
}

/// JPEG: segments with their lengths, and scans up to the next marker (ITU-T T.81, annex B).
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        // A marker is any number of 0xff, and its code.
        let start = at;
        if *bytes.get(at)? != 0xff {
            return None;
        }
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        let code = bytes[at];
        at += 1;
        match code {
            0xd9 => return Some(at),
            // The next image begins: this one is cut short.
            0xd8 => return Some(start),
            0x01 | 0xd0..=0xd7 => {}
            _ => at += usize::from(u16::from_be_bytes(array(bytes, at)?)),
        }
        if code == 0xda {
            at = end_of_scan(bytes, at)?;
        }
    }
}

/// The position of the next marker after the entropy-coded data from `at` on.
fn end_of_scan(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match bytes.get(at + 1)? {
            // A data byte 0xff, or a restart marker inside the data.
            0x00 | 0xd0..=0xd7 => at += 2,
            _ => return Some(at),
        }
    }
}

/// PNG: chunks with their lengths up to `IEND`.
fn end_of_png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(array(bytes, at)?) as usize;
        let kind: [u8; 4] = array(bytes, at + 4)?;
        at = within(bytes, at.checked_add(length)?.checked_add(12)?)?;
        if &kind == b"IEND" {
            return Some(at);
        }
    }
}

/// GIF: blocks up to the trailer.
fn end_of_gif(bytes: &[u8]) -> Option<usize> {
    let mut at = 13 + colour_table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            b';' => return Some(at + 1),
            b'!' => at = sub_blocks(bytes, at + 2)?,
            b',' => {
                let table = colour_table(*bytes.get(at + 9)?);
                // The byte before the data is the smallest size of a code.
                at = sub_blocks(bytes, at + 10 + table + 1)?;
            }
            _ => return None,
        }
    }
}

/// The bytes of a GIF's colour table with these `flags`.
fn colour_table(flags: u8) -> usize {
    match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    }
}

/// The end of a GIF's blocks from `at` on, each with its length. The last one is empty.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Binary PNM: a header of numbers, and rows without padding.
fn end_of_pnm(bytes: &[u8], kind: u8) -> Option<usize> {
    let mut at = 2;
    let width = number(bytes, &mut at)?;
    let height = number(bytes, &mut at)?;
    let row = match kind {
        b'4' => width.div_ceil(8),
        _ => {
            let value = if number(bytes, &mut at)? > 255 { 2 } else { 1 };
            let channels = if kind == b'6' { 3 } else { 1 };
            width.checked_mul(channels * value)?
        }
    };
    // One white space after the header.
    within(bytes, row.checked_mul(height)?.checked_add(at + 1)?)
}

/// PAM: a header of lines with names and numbers, and rows without padding.
fn end_of_pam(bytes: &[u8]) -> Option<usize> {
    let (mut length, mut at) = (1_usize, 0);
    loop {
        let line = bytes.get(at..)?;
        let line = &line[..line.iter().position(|&byte| byte == b'\n')?];
        at += line.len() + 1;
        let line = std::str::from_utf8(line).ok()?;
        let (name, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let value = value.trim().parse::<usize>();
        match (name, value) {
            ("WIDTH" | "HEIGHT" | "DEPTH", value) => length = length.checked_mul(value.ok()?)?,
            ("MAXVAL", Ok(256..)) => length = length.checked_mul(2)?,
            ("ENDHDR", _) => return within(bytes, length.checked_add(at)?),
            _ => {}
        }
    }
}

/// The number after white space and comments of a PNM header from `at` on, which becomes its end.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    loop {
        match *bytes.get(*at)? {
            b'#' => *at += bytes.get(*at..)?.iter().position(|&byte| byte == b'\n')?,
            byte if byte.is_ascii_whitespace() => *at += 1,
            _ => break,
        }
    }
    let digits = bytes
        .get(*at..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let start = *at;
    *at += digits.count();
    std::str::from_utf8(&bytes[start..*at]).ok()?.parse().ok()
}

/// The bytes of a number at `at`.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// `end`, if the bytes reach so far.
fn within(bytes: &[u8], end: usize) -> Option<usize> {
    (end <= bytes.len()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::end_of_image;

    #[test]
    fn an_image_ends_where_its_format_says() {
        let cases: [(&[u8], &[u8]); 9] = [
            // A segment with a length, a scan with a stuffed byte and a restart, a fill byte.
            (
                b"\xff\xd8\xff\xfe\0\x04ab\xff\xda\0\x02x\xff\0y\xff\xd0z\xff\xff\xd9",
                b"\xff\xd8",
            ),
            (b"P4 9 2\n1234", b"x"),
            (b"P6 #two\n 1 1 255\nabc", b"P6"),
            (b"P5 1 2 65535\nabcd", b"\n"),
            (b"BM\x08\0\0\0ab", b"BM"),
            (b"RIFF\x03\0\0\0abc\0", b"RIFF"),
            (b"qoif\0\0\x01\0\0\0\0\0\0\0\x01", b"qoif"),
            (b"farbfeld\0\0\0\x01\0\0\0\x0112345678", b"farbfeld"),
            (
                b"P7\n# three\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 65535\nTUPLTYPE RGB\nENDHDR\nabcdef",
                b"P7",
            ),
        ];
        for (image, rest) in cases {
            let both = [image, rest].concat();
            assert_eq!(end_of_image(&both), Some(image.len()), "{image:?}");
            for cut in 0..image.len() {
                assert_eq!(end_of_image(&image[..cut]), None, "{image:?} to {cut}");
            }
        }
        assert_eq!(end_of_image(b"P6 99999999999999999999 9 255 "), None);
        assert_eq!(end_of_image(b"P6 9999999999999 9999999999999 255 "), None);
        assert_eq!(end_of_image(b"II*\0\x08\0\0\0"), None);
    }
}
