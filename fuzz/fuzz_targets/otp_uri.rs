#![no_main]
//! See `creance_fuzz_properties::otp_uri`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::otp_uri::check(data));
