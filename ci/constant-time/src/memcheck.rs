//! What a program can ask valgrind's memcheck, written out: no header, no crate.
//!
//! Memcheck follows every bit of memory that was never written, and reports where one decides a
//! branch or an address. A secret that is declared as never written is followed in the same way,
//! through the instructions that are executed, whatever the source looked like.

use core::arch::asm;
use core::hint::black_box;

/// Requests of the core, and of the tool `MC` (`valgrind.h`, `memcheck.h`).
const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

/// Whether anybody is watching. Without valgrind a request is a sequence without effect.
pub fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

/// How many reports there were up to now, repetitions included and suppressed ones left out.
pub fn reports() -> usize {
    request(COUNT_ERRORS, 0, 0)
}

/// Makes `bytes` a secret: they keep their value, and what follows from them is watched.
pub fn hide(bytes: &mut [u8]) {
    let bytes = black_box(bytes);
    request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr() as usize, bytes.len());
}

/// Makes `bytes` public again, for comparing a result with what is right.
pub fn show(bytes: &mut [u8]) {
    let bytes = black_box(bytes);
    request(MAKE_MEM_DEFINED, bytes.as_mut_ptr() as usize, bytes.len());
}

/// The four rotations add up to nothing; valgrind knows them together with the exchange behind.
fn request(code: usize, address: usize, len: usize) -> usize {
    let arguments: [usize; 6] = [code, address, len, 0, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: on the processor, the registers named here are unchanged at the end, except for the
    // flags, which `asm!` takes as changed. Under valgrind `rdx` gets the answer, and memory keeps
    // its contents: only what valgrind believes about it changes.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
        );
    }
    answer
}
