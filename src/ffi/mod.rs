//! The C face over the whole: `include/nondelivery.h`, which cbindgen makes from this module.
//!
//! # How it is made
//! Numbers, pointers and plain structs cross the border, nothing else ([`types`]). What C gives is checked before it is used: a
//! pointer may be NULL, a length absurd, a number unknown ([`convert`]). Enums never come in, only their numbers.
//!
//! # Panics
//! Nothing here is meant to panic. Should it happen all the same, the process aborts and nothing unwinds into C: a panic
//! that would leave an `extern "C"` function aborts (since Rust 1.81). Built without `std`, the handler below calls `abort` at once.
//!
//! # What it links
//! Without `std`, and compiled with `panic = "abort"` as the release profile is, the library is complete in itself and needs
//! libc only. With `std` it would need libgcc's unwinder too, for a backtrace that is never printed.

#![allow(unsafe_code, reason = "the one place where pointers of C are read")]
#![allow(unreachable_pub, reason = "what is exported to C is not reachable from Rust")]
#![allow(non_camel_case_types, reason = "the names are those of C")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]

// In the order of the header.
mod types;

mod result;

mod version;

mod classify;

mod catalog;

mod bounce;

mod names;

mod convert;

// What cargo-c installs keeps the promise of the header: libc and nothing else. With the default features it would link all the same,
// need libgcc as well, and nobody would be told.
#[cfg(all(cargo_c, any(feature = "std", not(panic = "abort"))))]
compile_error!("the C library needs libc only, without `std` and unwinding: cargo cinstall --release --no-default-features");

/// Ends the process, as `panic = "abort"` says; a program of Rust has `std` and its handler instead.
#[cfg(all(not(feature = "std"), not(test), panic = "abort"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[link(name = "c")]
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
