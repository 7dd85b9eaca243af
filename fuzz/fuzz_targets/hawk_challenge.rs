#![no_main]
//! See `creance_fuzz_properties::hawk_challenge`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::hawk_challenge::check(data));
