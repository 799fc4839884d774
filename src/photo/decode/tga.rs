//! TGA files have no signature.

/// Whether `start` is plausible as the header of a TGA file. Text never is, because its second byte is not a control
/// character.
pub fn begins(start: &[u8]) -> bool {
    let Some((header, _)) = start.split_first_chunk::<18>() else {
        return false;
    };
    let [_, has_map, kind, ..] = *header;
    let map_depth = header[7];
    let [width, height] = [12, 14].map(|at| u16::from_le_bytes([header[at], header[at + 1]]));
    let depth = header[16];
    let map_fits = match has_map {
        0 => map_depth == 0,
        1 => matches!(map_depth, 15 | 16 | 24 | 32),
        _ => false,
    };
    let depth_fits = match kind {
        1 | 9 => has_map == 1 && matches!(depth, 8 | 16),
        2 | 10 => matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => matches!(depth, 8 | 16),
        _ => false,
    };
    map_fits && depth_fits && width > 0 && height > 0
}
