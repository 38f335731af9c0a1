//! A program that has `core` and nothing else: no `std`, no allocator, no C library. It classifies a reply and exits with 0 when the
//! verdict is right.
//!
//! Should `std` creep into the library, it brings a second panic handler; should `alloc`, a global allocator is missing: neither
//! compiles. Should C, the linker does not find it. For x86-64 Linux.

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::fmt::{self, Write};
use core::panic::PanicInfo;

use nondelivery::{Category, Reply, StatusCode, catalog, classify};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// `core` was compiled to be unwound and asks for this name; nothing is unwound here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Ends the process.
fn exit(status: i32) -> ! {
    // SAFETY: `exit_group` (231) takes a number, touches no memory of ours and does not return.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") status, options(noreturn, nostack)) }
}

// The kernel enters with an aligned stack and no return address; a call makes it what functions expect.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "call {run}", "ud2", run = sym run);

extern "C" fn run() -> ! {
    exit(i32::from(!works()))
}

/// Whether codes, replies, verdicts and their printing work here too.
fn works() -> bool {
    let status = StatusCode::parse(b"5.7.606").ok();
    let known =
        status.is_some_and(|status| catalog::lookup(status).next().is_some_and(|entry| entry.code().as_str() == "5.7.606-649"));
    let text = b"host mx.example.net[192.0.2.1] said: 550-5.1.1 User 550 5.1.1 unknown (in reply to RCPT TO command)";
    let verdict = classify(text);
    let mut line = Line { bytes: [0; 200], length: 0 };
    let printed = write!(line, "{} {verdict}", Reply::find(text)).is_ok();
    let (bytes, _) = line.bytes.split_at(line.length);
    known && printed && verdict.category == Category::UnknownRecipient && bytes.starts_with(b"User unknown 550 5.1.1 permanent")
}

/// A place to print to.
struct Line {
    bytes: [u8; 200],
    length: usize,
}

impl Write for Line {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.length + s.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(s.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// What the compiler calls to move memory; elsewhere the C library has it.
mod memory {
    use core::arch::asm;

    /// # Safety
    /// As for `memcpy` of C.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        // SAFETY: the caller lends `count` bytes at both places; the direction flag is clear, as the ABI says.
        unsafe {
            asm!("rep movsb", inout("rcx") count => _, inout("rdi") to => _, inout("rsi") from => _, options(nostack, preserves_flags))
        };
        to
    }

    /// # Safety
    /// As for `memmove` of C.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        if to.cast_const() <= from || to.cast_const() >= from.wrapping_add(count) {
            // SAFETY: the caller lends `count` bytes at both places, and forwards no byte is read behind its overwriting.
            return unsafe { memcpy(to, from, count) };
        }
        for at in (0..count).rev() {
            // SAFETY: `at` is within the `count` bytes that the caller lends; volatile, so that no call of `memmove` is made of it.
            unsafe { to.add(at).write_volatile(from.add(at).read_volatile()) };
        }
        to
    }

    /// # Safety
    /// As for `memset` of C.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, byte: i32, count: usize) -> *mut u8 {
        // SAFETY: the caller lends `count` bytes; the direction flag is clear, as the ABI says.
        unsafe {
            asm!("rep stosb", inout("rcx") count => _, inout("rdi") to => _, in("al") byte as u8, options(nostack, preserves_flags))
        };
        to
    }

    /// # Safety
    /// As for `memcmp` of C.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
        for at in 0..count {
            // SAFETY: `at` is within the `count` bytes that the caller lends.
            let (left, right) = unsafe { (left.add(at).read_volatile(), right.add(at).read_volatile()) };
            if left != right {
                return i32::from(left) - i32::from(right);
            }
        }
        0
    }

    /// # Safety
    /// As for `bcmp` of C.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
        // SAFETY: the same promises.
        unsafe { memcmp(left, right, count) }
    }
}
