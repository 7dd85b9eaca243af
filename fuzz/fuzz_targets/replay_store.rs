#![no_main]
//! See `creance_fuzz_properties::replay_store`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::replay_store::check(data));
