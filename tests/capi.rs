//! The C library as programs in C and C++ see it: built, linked, asked the same as the crate, and misused.
//!
//! The library is built with `cargo rustc` into a target directory of its own, which takes a minute the first time;
//! `NDR_CAPI_TARGET_DIR` names another one, and `NDR_CAPI_LIBRARY` a folder with a library that is already built, such as an installed
//! one. Without a C compiler, and on systems other than Unix, the tests say so and pass.
#![cfg(unix)]

#[path = "capi/answers.rs"]
mod answers;
#[path = "capi/header.rs"]
mod header;
#[path = "capi/layout.rs"]
mod layout;
#[path = "capi/programs.rs"]
mod programs;
#[path = "capi/toolchain.rs"]
mod toolchain;

#[allow(non_camel_case_types, dead_code, unreachable_pub, reason = "a file of the library, for its layout")]
#[path = "../src/ffi/types.rs"]
mod types;
