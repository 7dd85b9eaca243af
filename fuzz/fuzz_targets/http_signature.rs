#![no_main]
//! See `creance_fuzz_properties::http_signature`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::http_signature::check(data));
