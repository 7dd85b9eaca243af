#![no_main]
//! See `creance_fuzz_properties::otp_recovery`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| creance_fuzz_properties::otp_recovery::check(data));
