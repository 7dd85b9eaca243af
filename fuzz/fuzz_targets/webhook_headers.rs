#![no_main]
//! See `creance_fuzz_properties::webhook_headers`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::webhook_headers::check(data));
