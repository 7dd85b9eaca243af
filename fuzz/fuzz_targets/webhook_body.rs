#![no_main]
//! See `creance_fuzz_properties::webhook_body`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::webhook_body::check(data));
