//! How many workgroups a dispatch has along each axis.

use crate::error::{Error, ErrorKind, Result};

/// Distributes `workgroups` over the axes of a dispatch, at most `most` along each axis. The product may be larger
/// than `workgroups`, so kernels check their index.
///
/// # Errors
/// [`ErrorKind::Limit`] if a dispatch cannot hold that many.
pub fn workgroups_for(workgroups: u64, most: u32) -> Result<[u32; 3]> {
    let rows = workgroups.div_ceil(u64::from(most.max(1))).max(1);
    let columns = workgroups.div_ceil(rows);
    match (u32::try_from(columns), u32::try_from(rows)) {
        (Ok(columns), Ok(rows)) if rows <= most => Ok([columns, rows, 1]),
        _ => Err(Error::new(
            ErrorKind::Limit,
            format!("{workgroups} workgroups are more than a dispatch of {most} x {most} holds"),
        )),
    }
}
