//! The documents outside the crates say what is so. Snippets of a crate's README are tests by
//! themselves; here the others are held to them, and to the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The workspace's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of each block of Rust, without those that rustdoc hides.
fn snippets(markdown: &str) -> Vec<String> {
    let mut snippets = Vec::new();
    let mut rest = markdown;
    while let Some((_, begun)) = rest.split_once("\n```rust\n") {
        let (snippet, after) = begun.split_once("\n```\n").expect("the block has an end");
        let shown = snippet.lines().filter(|line| *line != "#" && !line.starts_with("# "));
        snippets.push(shown.collect::<Vec<_>>().join("\n"));
        rest = after;
    }
    snippets
}

#[test]
fn the_snippets_of_the_front_page_are_those_that_are_tested() {
    let tested = snippets(&read("hawk/README.md"));
    let shown = snippets(&read("README.md"));
    assert_eq!(shown.len(), 2);
    for snippet in shown {
        assert!(tested.contains(&snippet), "not in hawk/README.md:\n{snippet}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let documents = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/ARCHITECTURE.md",
        "docs/guides/from-totp-rs.md",
        "docs/guides/from-pyotp.md",
    ];
    let mut links = 0;
    for document in documents {
        let text = read(document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let (target, _) = link;
            if !target.starts_with("https://") {
                let from = root().join(document);
                let found = from.parent().expect("a folder").join(target);
                assert!(found.exists(), "{document} links to {target}");
                links += 1;
            }
        }
    }
    assert!(links > 5);
}

#[test]
fn every_example_that_is_named_exists() {
    let manifest = read("examples/Cargo.toml") + &read("examples/web/Cargo.toml");
    let documents =
        ["README.md", "CONTRIBUTING.md", "hawk/README.md", "totp/README.md", "CHANGELOG.md"];
    let mut named = 0;
    for document in documents {
        let text = read(document);
        for rest in text.split("--example ").skip(1) {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{document}: {name}");
            named += 1;
        }
    }
    assert!(named > 3);
}

/// Auditors follow these names.
#[test]
fn every_test_that_shows_a_demand_exists() {
    let text = read("docs/second-factor.md");
    let mut named = 0;
    for name in text.split('`').skip(1).step_by(2) {
        if let Some((file, function)) = name.split_once(".rs::") {
            let file = format!("totp/tests/{file}.rs");
            assert!(read(&file).contains(&format!("fn {function}(")), "{file}: {function}");
            named += 1;
        }
    }
    assert!(named > 50);
}

/// The map names each module once it is there, and none that is gone.
#[test]
fn the_map_is_that_of_the_code() {
    let map = read("docs/ARCHITECTURE.md");
    for name in ["sigv", "hawk", "totp"] {
        let (_, section) = map.split_once(&format!("\n### {name}\n")).expect("a section");
        let table = section.trim_start().split("\n\n").next().expect("a table");
        let mapped: BTreeSet<&str> = table
            .lines()
            .skip(2)
            .filter_map(|row| row.split('|').nth(1))
            .flat_map(|cell| cell.split(','))
            .map(|module| module.trim().trim_matches('`'))
            .collect();
        let there = modules(&root().join(name).join("src"));
        let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
        assert_eq!(mapped, there, "docs/ARCHITECTURE.md, {name}");
    }
}

/// Files and folders of a crate's source, but for the table of contents.
fn modules(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a crate has a source folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name != "lib")
        .collect()
}
