//! Building the library, and programs that link it.

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The warnings that a program has to compile without.
const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Werror", "-pedantic"];

/// How the library is built without cargo-c, as the header and README.md say it.
pub(crate) const BUILD: &str = "rustc --release --no-default-features --features capi --lib --crate-type cdylib,staticlib";

/// What the linker is told then, as an argument of `-C`.
pub(crate) const LINK: &str = "link-arg=-Wl,-soname,libnondelivery.so.1";

/// The folder of the package.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the programs of the tests go.
pub(crate) fn work() -> PathBuf {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi-programs");
    std::fs::create_dir_all(&work).expect("the target directory can be written to");
    work
}

/// The output of a program that succeeds.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
    output
}

/// Whether there is such a program.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// The languages of the programs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    C,
    Cpp,
}

impl Language {
    fn compiler(self) -> String {
        let (variable, default) = match self {
            Self::C => ("CC", "cc"),
            Self::Cpp => ("CXX", "c++"),
        };
        env::var(variable).unwrap_or_else(|_| default.to_owned())
    }

    const fn standard(self) -> &'static str {
        match self {
            Self::C => "-std=c11",
            Self::Cpp => "-std=c++17",
        }
    }
}

/// The library as it is delivered: the shared and the static one in this folder.
pub(crate) struct Library {
    pub(crate) folder: PathBuf,
}

impl Library {
    /// Builds it; `None`, and a message, where there is no compiler for C and C++.
    pub(crate) fn get() -> Option<&'static Self> {
        static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
        LIBRARY.get_or_init(Self::build).as_ref()
    }

    fn build() -> Option<Self> {
        for compiler in [Language::C.compiler(), Language::Cpp.compiler()] {
            if !has(&compiler) {
                eprintln!("skipped: there is no compiler {compiler}");
                return None;
            }
        }
        if let Some(folder) = env::var_os("NDR_CAPI_LIBRARY") {
            return Some(Self { folder: folder.into() });
        }
        let target =
            env::var_os("NDR_CAPI_TARGET_DIR").map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi"), PathBuf::from);
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(BUILD.split(' ')).arg("--target-dir").arg(&target).args(["--", "-C", LINK]).current_dir(root());
        // What `cargo test` was told about this package is not meant for the library.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PROFILE_") {
                cargo.env_remove(name);
            }
        }
        run(&mut cargo);
        let folder = target.join("release");
        let soname = folder.join("libnondelivery.so.1");
        if !soname.exists() {
            std::os::unix::fs::symlink("libnondelivery.so", &soname).expect("the link can be made");
        }
        Some(Self { folder })
    }

    pub(crate) fn shared(&self) -> PathBuf {
        self.folder.join("libnondelivery.so")
    }

    /// Compiles `source` (a path below the package) and links the shared library; with `-static` among the `flags` the static one.
    pub(crate) fn program(&self, language: Language, source: &str, flags: &[&str]) -> PathBuf {
        // Tests that run at the same time share their programs.
        static MADE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let name = Path::new(source).file_name().and_then(OsStr::to_str).expect("a name");
        let program = work().join(format!("{name}{}", flags.concat()).replace(['.', '='], "_"));
        if made.insert(program.clone()) {
            run(&mut self.compiler(language, source, flags, &program));
        }
        program
    }

    /// Whether `source` can be compiled and linked at all, with flags that not every compiler has.
    pub(crate) fn compiles(&self, language: Language, source: &str, flags: &[&str]) -> bool {
        self.compiler(language, source, flags, &work().join("compiles")).output().is_ok_and(|output| output.status.success())
    }

    fn compiler(&self, language: Language, source: &str, flags: &[&str], program: &Path) -> Command {
        let mut compile = Command::new(language.compiler());
        compile.arg(language.standard()).args(WARNINGS).args(["-g", "-O1", "-I", "include", "-I", "tests/capi"]);
        compile.args(flags.iter().filter(|flag| **flag != "-static")).arg(source).arg("-o").arg(program).current_dir(root());
        if flags.contains(&"-static") {
            compile.arg(self.folder.join("libnondelivery.a"));
        } else {
            let mut path = OsString::from("-Wl,-rpath,");
            path.push(&self.folder);
            compile.arg("-L").arg(&self.folder).arg(path).arg("-lnondelivery");
        }
        compile
    }
}
