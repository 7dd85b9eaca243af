#![no_main]
//! See `creance_fuzz_properties::sigv_codec`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::sigv_codec::check(data));
