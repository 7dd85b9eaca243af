#![no_main]
//! See `creance_fuzz_properties::otp_base32`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::otp_base32::check(data));
