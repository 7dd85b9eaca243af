//! Our side of every divergence from another implementation of a signature scheme, without that
//! implementation: what is recorded is what this version answers. `.ci/interop` asks both sides.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::answer;

const FILE: &str = include_str!("../../../sigv/tests/divergences.json");

/// An object with exactly these fields: what nobody reads must not stand there.
fn fields<'v>(value: &'v Value, names: &[&str]) -> &'v Map<String, Value> {
    let object = value.as_object().expect("an object");
    let found: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(found, names.iter().copied().collect(), "the fields of {value}");
    object
}

#[test]
fn every_divergence_is_whole_and_our_side_is_as_recorded() {
    let file: Value = serde_json::from_str(FILE).unwrap();
    let entries = fields(&file, &["about", "divergences"])["divergences"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for entry in entries {
        let names = ["id", "peer", "what", "reference", "ours", "reason", "probes"];
        let entry = fields(entry, &names);
        let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty());
        assert!(names[..6].iter().all(|name| text(name).is_some()), "empty text in {entry:?}");
        assert!(ids.insert(text("id")), "{:?} stands twice", text("id"));
        let probes = entry["probes"].as_array().expect("probes");
        assert!(!probes.is_empty(), "{:?} shows nothing", text("id"));
        for probe in probes {
            let probe = fields(probe, &["case", "reference", "ours"]);
            assert_ne!(probe["reference"], probe["ours"], "no divergence in {:?}", text("id"));
            let answer = answer(probe["case"].to_string().as_bytes());
            assert_eq!(answer, probe["ours"], "{:?}: {}", text("id"), probe["case"]);
        }
    }
    assert!(ids.len() > 40, "{} divergences", ids.len());
}
