#![no_main]
//! See `creance_fuzz_properties::sigv4_canonical`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::sigv4_canonical::check(data));
