//! Sizes and offsets are the same on both sides.

use std::fmt::Write;
use std::mem::{offset_of, size_of};
use std::process::Command;
use std::{fs, str};

use super::toolchain::{Language, Library, run, work};
use super::types::*;

/// Prints the layout as Rust has it, and writes the program that prints it as C has it. A field that is missing here does not
/// compile.
macro_rules! layouts {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {
        fn in_rust() -> String {
            let mut text = String::new();
            $(
                let _ = |value: $type| { let $type { $($field: _),+ } = value; };
                let _ = writeln!(text, "{} {} {}", stringify!($type), size_of::<$type>(), align_of::<$type>());
                $(let _ = writeln!(text, "{}.{} {}", stringify!($type), stringify!($field), offset_of!($type, $field));)+
            )+
            text
        }

        fn program() -> String {
            let mut text = String::from("#include <stdio.h>\n#include \"nondelivery.h\"\n#ifndef __cplusplus\n#define alignof _Alignof\n#endif\nint main(void) {\n");
            $(
                let _ = writeln!(text, "printf(\"{0} %zu %zu\\n\", sizeof({0}), alignof({0}));", stringify!($type));
                $(let _ = writeln!(text, "printf(\"{0}.{1} %zu\\n\", offsetof({0}, {1}));", stringify!($type), stringify!($field));)+
            )+
            text.push_str("return 0;\n}\n");
            text
        }
    };
}

layouts! {
    ndr_slice { ptr, len }
    ndr_status { klass, subject, detail }
    ndr_pattern { present, klass, subject_low, subject_high, detail_low, detail_high }
    ndr_limit { name, unit, value }
    ndr_entry {
        code, title, summary, reference, source, remedies, limits, limits_len, status, reply, category, action, responsible,
        source_number,
    }
    ndr_provider { name, title, reference }
    ndr_blocklist { name, delisting, lists_ips, lists_domains, lists_uris, closed }
    ndr_verdict {
        entry, provider, blocklist, retry_after, label, status, cause_status, reply, severity, category, action, responsible, evidence,
        cause_category, has_cause, suppress, has_label, truncated,
    }
    ndr_rule { status, phrase, host_suffix, sets, label, reply, stage, category, action, suppress }
    ndr_context { remote_host, rules, rules_len, status, stage, action }
    ndr_typed { kind, value }
    ndr_field { name, value }
    ndr_fields { opaque }
    ndr_date { unix_time, offset_minutes, present }
    ndr_exchange {
        generating_server, remote_server, component, message, last_attempted_server, last_attempted_ip, stage, as_code, server, time,
    }
    ndr_repairs { action_inferred, status_missing, status_refined, address_untyped, diagnostic_from_text }
    ndr_recipient {
        verdict, address, final_recipient, original_recipient, remote_mta, diagnostic, final_log_id, rejected_by, fields, exchange,
        last_attempt_date, will_retry_until, repairs, action, has_exchange,
    }
    ndr_finding { domain, problem }
    ndr_bounce { opaque }
}

#[test]
fn ok_layout() {
    let Some(library) = Library::get() else { return };
    let source = fs::read_to_string(super::toolchain::root().join("src/ffi/types.rs")).expect("src/ffi/types.rs is there");
    let rust = in_rust();
    for name in source.lines().filter_map(|line| line.strip_prefix("pub struct ")).map(|rest| rest.trim_end_matches(" {")) {
        assert!(rust.contains(&format!("{name} ")), "{name} is missing from the layouts");
    }
    for (language, ending) in [(Language::C, "c"), (Language::Cpp, "cpp")] {
        let path = work().join(format!("layout.{ending}"));
        fs::write(&path, program()).expect("the program can be written");
        let program = library.program(language, path.to_str().expect("a path in UTF-8"), &[]);
        let output = run(&mut Command::new(program));
        assert_eq!(str::from_utf8(&output.stdout).expect("text"), rust);
    }
}
