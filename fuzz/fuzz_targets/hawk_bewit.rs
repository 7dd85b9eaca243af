#![no_main]
//! See `creance_fuzz_properties::hawk_bewit`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::hawk_bewit::check(data));
