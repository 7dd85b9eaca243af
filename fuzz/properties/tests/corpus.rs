//! Replays the fuzz targets' corpora: what was interesting once is checked by every `cargo test`.

use std::fs;
use std::path::{Path, PathBuf};

use creance_fuzz_properties::TARGETS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_target_holds_on_its_corpus() {
    for (name, check) in TARGETS {
        let files = files(&corpus().join(name));
        assert!(files.len() > 20, "{name} has a corpus of {} files", files.len());
        for file in &files {
            let data = fs::read(file).expect("a file");
            // The name is what a failure has to tell.
            println!("{}", file.display());
            check(&data);
        }
    }
}

#[test]
fn every_corpus_has_its_target() {
    let folders: Vec<String> = files(&corpus())
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    assert_eq!(folders, TARGETS.map(|(name, _)| name));
}
