//! Luma and chroma, as in JFIF.

/// Red, green and blue of luma, blue chroma and red chroma.
pub fn to_rgb([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let luma = f32::from(luma);
    let [blue, red] = [blue, red].map(|chroma| f32::from(chroma) - 128.0);
    let rgb = [
        luma + 1.402 * red,
        luma - 0.344_136 * blue - 0.714_136 * red,
        luma + 1.772 * blue,
    ];
    // The conversion saturates.
    rgb.map(|level| (level + 0.5) as u8)
}
