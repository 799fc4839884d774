//! The `menagerie` command.

fn main() {}
