//! Colours of classes.

/// The colour of `class` in the Pascal VOC challenge, sRGB: black for class 0, and colours that are far apart for the next
/// ones. Its bits, from the lowest, become the highest bits of red, green and blue in turn. They repeat after 2^24 classes.
///
/// ```
/// use menagerie::maps::class_colour;
///
/// assert_eq!(class_colour(0), [0, 0, 0]);
/// assert_eq!(class_colour(15), [192, 128, 128]);
/// ```
pub fn class_colour(class: usize) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let bits = (0..8).map(|bit| {
            let is_set = class >> (3 * bit + channel) & 1;
            (is_set as u8) << (7 - bit)
        });
        bits.sum()
    })
}
