//! `include/nondelivery.h` is what cbindgen makes of `src/ffi`, says what its items are, and agrees with `Cargo.toml`.

use std::collections::BTreeSet;
use std::{env, fs};

use super::toolchain::{BUILD, LINK, root};
use super::types::NDR_ABI_VERSION;

const UPDATE: &str = "NDR_UPDATE_HEADER=1 cargo test --test capi header";

fn committed() -> String {
    fs::read_to_string(root().join("include/nondelivery.h")).expect("include/nondelivery.h is there")
}

/// The header as it should be. What only Rust's documentation understands is put into words.
fn generate() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml is right");
    let bindings = cbindgen::Builder::new().with_config(config).with_crate(root()).generate().expect("src/ffi is understood");
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = String::from_utf8(header).expect("the documentation is UTF-8");
    without_links(&header).replace("# Safety", "The caller promises:")
}

/// Markdown's ``[`name`](path)`` is just `name`.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("[`") {
        let (before, link) = rest.split_at(open);
        plain.push_str(before);
        match link.find("`](").and_then(|end| link[end..].find(')').map(|close| (end, end + close))) {
            Some((end, close)) if !link[..close].contains('\n') => {
                plain.push_str(&link[1..=end]);
                rest = &link[close + 1..];
            }
            _ => {
                plain.push_str("[`");
                rest = &link[2..];
            }
        }
    }
    plain + rest
}

#[test]
fn ok_header_is_fresh() {
    let made = generate();
    if env::var_os("NDR_UPDATE_HEADER").is_some() {
        fs::write(root().join("include/nondelivery.h"), &made).expect("the header can be written");
    }
    let committed = committed();
    let stale = made.lines().zip(committed.lines()).position(|(made, committed)| made != committed);
    assert!(made == committed, "include/nondelivery.h is stale from line {} on; run: {UPDATE}", stale.map_or(0, |line| line + 1));
}

/// Whether a line of the header opens or is something that needs a comment.
fn is_item(line: &str) -> bool {
    let inner = line.strip_prefix("    ");
    let is_member = inner.is_some_and(|l| !l.starts_with([' ', '/', '#']) && (l.ends_with(';') || l.ends_with(',')));
    let is_constant = line.starts_with("#define NDR_");
    let is_type = line.starts_with("enum ndr_") && !line.ends_with(';') || line.starts_with("typedef struct ");
    is_member || is_constant || is_type || is_function(line)
}

fn is_function(line: &str) -> bool {
    line.contains("ndr_") && line.contains('(') && line.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The functions that the header declares.
pub(crate) fn functions() -> BTreeSet<String> {
    let header = committed();
    let names = header.lines().filter(|line| is_function(line)).map(|line| {
        let start = line[..line.find('(').unwrap_or_default()].rfind("ndr_").unwrap_or_default();
        line[start..].split('(').next().unwrap_or_default().to_owned()
    });
    names.collect()
}

#[test]
fn ok_every_item_has_a_comment() {
    let header = committed();
    let lines: Vec<&str> = header.lines().collect();
    let mut items = 0;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_item(line)) {
        items += 1;
        let comment: Vec<&str> = lines[..at].iter().rev().map(|l| l.trim_start()).take_while(|l| l.starts_with("///")).collect();
        assert!(!comment.is_empty(), "line {}: no comment for {line}", at + 1);
        if is_function(line) {
            let has = |part: &str| comment.iter().any(|line| line.starts_with(part));
            assert!(has("/// Memory and lifetimes: "), "line {}: {line}", at + 1);
            assert!(has("/// Parameters: ") || line.contains("(void)"), "line {}: {line}", at + 1);
            assert!(has("/// Returns: ") || line.starts_with("void "), "line {}: {line}", at + 1);
        }
    }
    assert!(items > 250 && functions().len() > 45, "{items} items, {} functions", functions().len());
}

#[test]
fn ok_every_cpp_item_has_a_comment() {
    let header = fs::read_to_string(root().join("include/nondelivery.hpp")).expect("include/nondelivery.hpp is there");
    let lines: Vec<&str> = header.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let is_item = ["inline ", "class ", "using "].iter().any(|start| line.starts_with(start));
        let is_inside = lines[..at].iter().rev().find(|l| l.starts_with("namespace")).is_some_and(|l| l.contains("detail"))
            && !lines[..at]
                .iter()
                .rev()
                .take_while(|l| !l.starts_with("namespace"))
                .any(|l| l.starts_with("}  // namespace detail"));
        assert!(!is_item || is_inside || lines[at - 1].starts_with("///"), "line {}: no comment for {line}", at + 1);
    }
}

#[test]
fn ok_versions() {
    let header = committed();
    let constant = |name: &str| {
        let start = format!("#define {name} ");
        header.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{name} is there")).to_owned()
    };
    assert_eq!(constant("NDR_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MAJOR"), "mend cbindgen.toml");
    assert_eq!(constant("NDR_VERSION_MINOR"), env!("CARGO_PKG_VERSION_MINOR"), "mend cbindgen.toml");
    assert_eq!(constant("NDR_VERSION_PATCH"), env!("CARGO_PKG_VERSION_PATCH"), "mend cbindgen.toml");
    assert_eq!(constant("NDR_VERSION"), format!("\"{}\"", env!("CARGO_PKG_VERSION")), "mend cbindgen.toml");
    assert_eq!(constant("NDR_ABI_VERSION"), NDR_ABI_VERSION.to_string());
    assert!(LINK.ends_with(&format!("-soname,libnondelivery.so.{NDR_ABI_VERSION}")));

    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml is there");
    let manifest: toml::Table = manifest.parse().expect("Cargo.toml is TOML");
    let library = &manifest["package"]["metadata"]["capi"]["library"];
    assert_eq!(library["version"].as_str(), Some(format!("{NDR_ABI_VERSION}.0.0").as_str()));
}

/// What people are told to run is what the other tests run.
#[test]
fn ok_build_instructions() {
    for file in ["include/nondelivery.h", "README.md", "examples/c/README.md"] {
        let text = fs::read_to_string(root().join(file)).expect("the file is there");
        assert!(text.contains(&format!("cargo {BUILD} -- \\\n")), "{file} does not say: cargo {BUILD}");
        assert!(text.contains(&format!("-C {LINK}")), "{file} does not say: -C {LINK}");
        let install = "cargo cinstall --release --no-default-features --prefix=/usr/local";
        assert!(text.contains(install), "{file} does not say: {install}");
    }
}
