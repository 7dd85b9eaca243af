//! Our side of every divergence from another implementation, without that implementation: what is
//! recorded in `divergences.json` is what this version answers. `.ci/interop` asks both sides.
//!
//! The cases are run by the modules of the conformance program.
#![cfg(feature = "std")]

#[path = "../../examples/conformance/answer.rs"]
mod answer;
#[allow(dead_code, reason = "the ops of other crates read other fields")]
#[path = "../../examples/conformance/case.rs"]
mod case;
#[path = "../../examples/conformance/hawk/mod.rs"]
mod hawk;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::answer::{Answer, Failure};
use crate::case::Case;

type Op = (&'static str, fn(&Case) -> Answer);

const FILE: &str = include_str!("divergences.json");

fn answer(case: &Value) -> Value {
    let done = Case::parse(case.to_string().as_bytes()).and_then(|case| {
        let name = case.text("op")?;
        let (_, op) = hawk::OPS.iter().find(|(op, _)| *op == name).ok_or(Failure::Unsupported)?;
        op(&case)
    });
    done.map_or_else(Failure::into_value, Value::Object)
}

/// An object with exactly these fields: what nobody reads must not stand there.
fn fields<'v>(value: &'v Value, names: &[&str]) -> &'v Map<String, Value> {
    let object = value.as_object().expect("an object");
    let found: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(found, names.iter().copied().collect(), "the fields of {value}");
    object
}

fn divergences() -> Vec<Value> {
    let file: Value = serde_json::from_str(FILE).unwrap();
    fields(&file, &["about", "divergences"])["divergences"].as_array().unwrap().clone()
}

#[test]
fn every_entry_is_whole() {
    let mut ids = BTreeSet::new();
    for entry in divergences() {
        let names = ["id", "peer", "what", "reference", "ours", "reason", "probes"];
        let entry = fields(&entry, &names);
        let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty());
        assert!(names[..6].iter().all(|name| text(name).is_some()), "empty text in {entry:?}");
        assert!(matches!(text("peer"), Some("hawk" | "mohawk")), "peer of {:?}", text("id"));
        assert!(ids.insert(text("id").map(str::to_owned)), "{:?} stands twice", text("id"));
        let probes = entry["probes"].as_array().expect("probes");
        assert!(!probes.is_empty(), "{:?} shows nothing", text("id"));
        for probe in probes {
            let probe = fields(probe, &["case", "reference", "ours"]);
            assert_ne!(probe["reference"], probe["ours"], "no divergence in {:?}", text("id"));
        }
    }
}

#[test]
fn our_side_is_as_recorded() {
    for entry in divergences() {
        for probe in entry["probes"].as_array().unwrap() {
            let case = &probe["case"];
            assert_eq!(answer(case), probe["ours"], "{}: {case}", entry["id"]);
        }
    }
}
