#![no_main]
//! See `creance_fuzz_properties::oauth1_parameters`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::oauth1_parameters::check(data));
