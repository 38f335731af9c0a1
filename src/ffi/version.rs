//! Which library it is.

use core::ffi::{CStr, c_char};

use super::types::NDR_ABI_VERSION;
use crate::catalog;

/// The version of the binary interface that the library has.
///
/// A program that loads the library at run time compares it with the `NDR_ABI_VERSION` it was compiled with; they have to be equal.
///
/// Returns: `NDR_ABI_VERSION` as it was when the library was built.
/// Memory and lifetimes: gives a number only.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_abi_version() -> u32 {
    NDR_ABI_VERSION
}

/// The version of the library, as `NDR_VERSION` was when it was built: `0.1.0`.
///
/// Returns: the version; never NULL.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_version() -> *const c_char {
    text(concat!(env!("CARGO_PKG_VERSION"), "\0"))
}

/// The version of the catalogue's data: the date of its last change, `2026-11-30`.
///
/// Returns: the date; never NULL.
/// Memory and lifetimes: static; never freed, never changed.
#[unsafe(no_mangle)]
pub extern "C" fn ndr_catalog_version() -> *const c_char {
    const LENGTH: usize = catalog::VERSION.len() + 1;
    static TEXT: [u8; LENGTH] = {
        let mut text = [0; LENGTH];
        let mut at = 0;
        while at < catalog::VERSION.len() {
            text[at] = catalog::VERSION.as_bytes()[at];
            at += 1;
        }
        text
    };
    TEXT.as_ptr().cast()
}

const fn text(with_nul: &'static str) -> *const c_char {
    match CStr::from_bytes_with_nul(with_nul.as_bytes()) {
        Ok(text) => text.as_ptr(),
        Err(_) => c"".as_ptr(),
    }
}
