//! Compiles `data/*.toml` into the tables of the catalogue. The work is done in `build/`; the grammar of codes and words is the
//! crate's own, from `src/`.

#![allow(dead_code, unreachable_pub, reason = "of the crate's modules the compiler needs only a part")]

#[path = "src/error.rs"]
mod error;
#[path = "src/names.rs"]
mod names;
#[path = "build/syntax.rs"]
mod syntax;
#[path = "src/catalog/vocabulary.rs"]
mod vocabulary;

#[path = "build/compiler.rs"]
mod compiler;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=build");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    match compiler::compile(&root.join("data"), &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            ExitCode::FAILURE
        }
    }
}
