/// Whether the program only has to show that everything gives the right results: without
/// `--bench`, as `cargo test --benches` calls it, or with `--test`.
pub fn is_test() -> bool {
    !has("--bench") || has("--test")
}

/// Whether an argument was given.
pub fn has(argument: &str) -> bool {
    std::env::args().any(|given| given == argument)
}
