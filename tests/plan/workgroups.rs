//! How workgroups are distributed over the axes of a dispatch.

use menagerie::ErrorKind;
use menagerie::program::workgroups_for;

#[test]
fn an_axis_has_at_most_what_a_device_allows() {
    for (workgroups, most, expected) in [
        (0, 4, [0, 1, 1]),
        (1, 65_535, [1, 1, 1]),
        (65_535, 65_535, [65_535, 1, 1]),
        (65_536, 65_535, [32_768, 2, 1]),
        (3, 2, [2, 2, 1]),
        (4, 2, [2, 2, 1]),
        (u64::from(u32::MAX), u32::MAX, [u32::MAX, 1, 1]),
    ] {
        assert_eq!(workgroups_for(workgroups, most).unwrap(), expected);
    }
    for (workgroups, most) in [(5, 2), (1, 0), (u64::MAX, u32::MAX)] {
        let error = workgroups_for(workgroups, most).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        let says =
            format!("{workgroups} workgroups are more than a dispatch of {most} x {most} holds");
        assert_eq!(error.to_string(), says);
    }
}
