//! Explains status codes, reply codes and whole replies to a person: what is wrong, who has to act and what to do.

#[allow(dead_code, unreachable_pub, reason = "the other programs use the rest of it")]
mod cli;
#[path = "cli/explain/mod.rs"]
mod explain;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use cli::failures::Failures;
use cli::replies::with_line_breaks;
use explain::page::Page;
use explain::subject::{Subject, Wrong};

/// Explains what a bounce means, who has to act and what to do.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  explain 5.7.606
  explain 550 4.4.7
  explain \"550 5.4.1 Recipient address rejected: Access denied\"
  explain bounce.eml

Without WHAT, or with `-`, one reply or one message is read from standard input; it may
have several lines. In a reply, `\\n` stands for a line break."
)]
struct Arguments {
    /// Status codes (5.7.606), reply codes (550), replies (one argument each) and files that hold a message or a reply.
    #[arg(value_name = "WHAT")]
    what: Vec<OsString>,
}

/// The longest message that is read from standard input.
const MAX_REPLY: u64 = 256 << 20;

/// The widest a line gets: longer ones are hard to read.
const MAX_WIDTH: usize = 120;

/// The narrowest: the picture needs as much.
const MIN_WIDTH: usize = 40;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse().what;
    if arguments.is_empty() {
        arguments.push("-".into());
    }
    let mut failures = Failures::of("explain");
    match explain_all(&arguments, &mut failures) {
        // Who stops reading, as `head` does, has seen enough.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            failures.tell("standard output", e);
            failures.exit_code()
        }
        _ => failures.exit_code(),
    }
}

/// Explains each argument as soon as it is understood; an error is one of the output.
fn explain_all(arguments: &[OsString], failures: &mut Failures) -> io::Result<()> {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    let width = textwrap::termwidth().clamp(MIN_WIDTH, MAX_WIDTH);
    let mut first = true;
    for argument in arguments {
        match understand(argument) {
            Ok(subject) => {
                let mut page = Page::new(width);
                if !first {
                    page.rule();
                }
                explain::explain(&mut page, &subject);
                out.write_all(page.text().as_bytes())?;
                out.flush()?;
                first = false;
            }
            Err(Problem { what, why }) => failures.tell(what, why),
        }
    }
    Ok(())
}

/// What cannot be explained, and why not.
struct Problem {
    what: String,
    why: String,
}

/// What an argument is about, read from standard input where it says so.
fn understand(argument: &OsString) -> Result<Subject, Problem> {
    let (what, subject) = if argument == "-" {
        let what = "standard input".to_owned();
        match read_reply() {
            Ok(text) => (what, Subject::of(&text)),
            Err(e) => return Err(Problem { what, why: e.to_string() }),
        }
    } else if let Some(path) = Some(Path::new(argument)).filter(|path| path.is_file()) {
        let what = path.display().to_string();
        match std::fs::read(path) {
            Ok(text) => (what, Subject::of(&text)),
            Err(e) => return Err(Problem { what, why: e.to_string() }),
        }
    } else {
        let text = with_line_breaks(argument.as_encoded_bytes());
        (explain::words::in_quotes(&explain::words::printable(&text)), Subject::of(&text))
    };
    subject.map_err(|wrong: Wrong| Problem { what, why: wrong.to_string() })
}

/// One reply from standard input.
fn read_reply() -> io::Result<Vec<u8>> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        eprintln!("explain: paste a reply, then press Ctrl-D on a line of its own");
    }
    let mut text = Vec::new();
    input.take(MAX_REPLY + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_REPLY {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {MAX_REPLY} bytes")));
    }
    Ok(if text.contains(&b'\n') { text } else { with_line_breaks(&text) })
}
