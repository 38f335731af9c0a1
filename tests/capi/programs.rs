//! Misuse, threads, memory, and what the library is made of.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use super::answers::records;
use super::header;
use super::toolchain::{Language, Library, has, root, run, work};
use super::types::NDR_ABI_VERSION;

/// The largest that the stripped shared library may be, in bytes.
const MAX_SIZE: u64 = 2 << 20;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn ok_misuse() {
    let Some(library) = Library::get() else { return };
    let source = fs::read_to_string(root().join("tests/capi/misuse.c")).expect("misuse.c is there");
    for function in header::functions() {
        assert!(source.contains(&format!("{function}(")), "misuse.c does not misuse {function}");
    }
    run(&mut Command::new(library.program(Language::C, "tests/capi/misuse.c", &[])));
}

#[test]
fn ok_threads() {
    let Some(library) = Library::get() else { return };
    let program = library.program(Language::C, "tests/capi/threads.c", &["-pthread", "-D_POSIX_C_SOURCE=200809L"]);
    let said = text(&run(Command::new(program).args(records("threads"))).stdout);
    assert!(said.contains(" texts, "), "{said}");
}

/// How many blocks valgrind saw the program take from the heap; an error that it finds fails the test.
fn allocations(program: &std::path::Path, arguments: &[&str]) -> String {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=all"]).arg(program).args(arguments);
    let report = text(&run(&mut valgrind).stderr);
    assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
    let usage = report.lines().find_map(|line| line.split_once("total heap usage: ")).unwrap_or_else(|| panic!("{report}"));
    usage.1.to_owned()
}

#[test]
fn ok_memory() {
    let Some(library) = Library::get() else { return };
    if !has("valgrind") {
        eprintln!("skipped: there is no valgrind");
        return;
    }
    // Proof that an error would be seen.
    let wrong = work().join("wrong.c");
    fs::write(&wrong, "#include <stdlib.h>\nint main(int argc, char **argv) { volatile char *p = calloc(1, 1); (void)argv; p[argc] = 1; free((char *)p); return 0; }\n").expect("it can be written");
    let wrong = library.program(Language::C, wrong.to_str().expect("a path in UTF-8"), &[]);
    let status = Command::new("valgrind").arg("--error-exitcode=99").arg(wrong).stderr(Stdio::null()).status().expect("valgrind runs");
    assert_eq!(status.code(), Some(99));

    // misuse.c calls every function and uses no heap of its own: what it takes, the library takes.
    let empty = library.program(Language::C, "tests/capi/empty.c", &["-static"]);
    for flags in [&["-static"][..], &[]] {
        let misuse = library.program(Language::C, "tests/capi/misuse.c", flags);
        assert_eq!(allocations(&misuse, &[]), allocations(&empty, &[]));
    }
    // Texts, messages and scratches in blocks of exactly their size.
    let answers = library.program(Language::C, "tests/capi/answers.c", &[]);
    let files = records("memory");
    for (what, file) in ["replies", "bounces"].iter().zip(&files) {
        allocations(&answers, &[what, file.to_str().expect("a path in UTF-8")]);
    }
}

#[test]
fn ok_exports() {
    let Some(library) = Library::get() else { return };
    if !has("nm") || !has("readelf") || !cfg!(target_os = "linux") {
        eprintln!("skipped: there is no nm or readelf");
        return;
    }
    let symbols = |which: &str| -> BTreeSet<String> {
        let output = text(&run(Command::new("nm").args(["-D", "--format=posix", which]).arg(library.shared())).stdout);
        output.lines().filter_map(|line| line.split([' ', '@']).next()).map(str::to_owned).collect()
    };
    assert_eq!(symbols("--defined-only"), header::functions());
    let needed = symbols("--undefined-only");
    for forbidden in ["malloc", "calloc", "realloc", "free", "posix_memalign", "mmap", "setlocale", "write", "open", "pthread_mutex_lock"] {
        assert!(!needed.contains(forbidden), "the library calls {forbidden}");
    }

    let dynamic = text(&run(Command::new("readelf").arg("-d").arg(library.shared())).stdout);
    let of = |tag: &str| -> Vec<String> {
        let rows = dynamic.lines().filter(|line| line.contains(tag));
        rows.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned())).collect()
    };
    assert_eq!(of("(SONAME)"), [format!("libnondelivery.so.{NDR_ABI_VERSION}")]);
    assert!(of("(NEEDED)").iter().all(|name| name.starts_with("libc.")), "{:?}", of("(NEEDED)"));
}

#[test]
fn ok_size() {
    let Some(library) = Library::get() else { return };
    if !has("strip") {
        eprintln!("skipped: there is no strip");
        return;
    }
    let stripped = work().join("stripped.so");
    run(Command::new("strip").arg("-o").arg(&stripped).arg(library.shared()));
    let size = fs::metadata(stripped).expect("strip made it").len();
    assert!(size < MAX_SIZE, "{size} bytes");
}
