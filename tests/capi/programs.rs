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

#[test]
fn ok_examples() {
    let Some(library) = Library::get() else { return };
    let source = fs::read_to_string(root().join("examples/c/classify.c")).expect("classify.c is there");
    assert!(source.lines().count() <= 30);

    let reply = work().join("reply");
    fs::write(&reply, "554 5.7.606 Access denied, banned sending IP [192.0.2.1]").expect("it can be written");
    let mut classify = Command::new(library.program(Language::C, "examples/c/classify.c", &[]));
    let said = text(&run(classify.stdin(fs::File::open(reply).expect("it was written"))).stdout);
    assert!(said.contains("codes:    554 5.7.606 (permanent)\ncategory: IpBlocked: "), "{said}");
    assert!(said.contains("action:   request-delisting, by sender-admin\nremedy:   "), "{said}");

    let walk = library.program(Language::C, "examples/c/walk.c", &["-static"]);
    let said = text(&run(Command::new(&walk).arg(root().join("tests/capi/bounces/dsn.eml"))).stdout);
    for line in ["kind: dsn", "recipient: lee@example.net", "  delivery: delayed 4.2.2", "  refused by: mx1.example.net"] {
        assert!(said.lines().any(|said| said == line), "{line} is not in {said}");
    }
    assert_eq!(Command::new(&walk).output().expect("it runs").status.code(), Some(2));
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
    let status =
        Command::new("valgrind").arg("--error-exitcode=99").arg(wrong).stderr(Stdio::null()).status().expect("valgrind runs");
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

/// With the sanitizers of the compiler: what the programs do with the answers.
#[test]
fn ok_sanitizers() {
    let Some(library) = Library::get() else { return };
    let sanitize = ["-static", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let compiles = library.compiles(Language::C, "tests/capi/empty.c", &sanitize);
    if !compiles || !has("nm") {
        eprintln!("skipped: the compiler has no sanitizers");
        return;
    }
    let misuse = library.program(Language::C, "tests/capi/misuse.c", &sanitize);
    // Proof that they are on.
    assert!(text(&run(Command::new("nm").arg(&misuse)).stdout).contains("__asan_init"));
    run(&mut Command::new(misuse));
    let answers = library.program(Language::Cpp, "tests/capi/answers.cpp", &sanitize);
    for (what, file) in ["replies", "bounces"].iter().zip(records("sanitizers")) {
        run(Command::new(&answers).arg(what).arg(file));
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
    for forbidden in
        ["malloc", "calloc", "realloc", "free", "posix_memalign", "mmap", "setlocale", "write", "open", "pthread_mutex_lock"]
    {
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
