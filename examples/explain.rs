//! Explains status codes, reply codes and whole replies to a person: what is wrong, who has to act and what to do.

#[allow(dead_code, unreachable_pub, reason = "the other programs use the rest of it")]
mod cli;
#[path = "cli/explain/mod.rs"]
mod explain;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use cli::bounded::{Bounded, read_all};
use cli::failures::Failures;
use cli::inputs::{Input, open};
use cli::messages::{MAX_MESSAGE, too_long};
use cli::replies::with_line_breaks;
use explain::page::Page;
use explain::subject::Subject;
use explain::words::{in_quotes, shown};
use nondelivery::Reply;

/// Explains what a bounce means, who has to act and what to do.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  explain 5.7.606
  explain 550 4.4.7
  explain \"550 5.4.1 Recipient address rejected: Access denied\"
  explain bounce.eml

Without WHAT, or with `-`, one reply, one message or one mailbox is read from standard
input; a reply may have several lines. In a reply, `\\n` stands for a line break."
)]
struct Arguments {
    /// Status codes (5.7.606), reply codes (550), replies (one argument each) and files that hold a message, a mailbox or a reply.
    #[arg(value_name = "WHAT")]
    what: Vec<OsString>,
}

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
    let mut explanations = Explanations::new();
    let result = arguments.iter().try_for_each(|argument| explain_argument(argument, &mut explanations, &mut failures));
    match result {
        // Who stops reading, as `head` does, has seen enough.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            failures.tell("standard output", e);
            failures.exit_code()
        }
        _ => failures.exit_code(),
    }
}

/// Prints explanations as soon as they are made, with lines between them.
struct Explanations {
    out: anstream::AutoStream<io::StdoutLock<'static>>,
    width: usize,
    any: bool,
}

impl Explanations {
    fn new() -> Self {
        let width = textwrap::termwidth().clamp(MIN_WIDTH, MAX_WIDTH);
        Self { out: anstream::AutoStream::auto(io::stdout().lock()), width, any: false }
    }

    fn explain(&mut self, subject: &Subject) -> io::Result<()> {
        let mut page = Page::new(self.width);
        if self.any {
            page.rule();
        }
        explain::explain(&mut page, subject);
        self.any = true;
        self.out.write_all(page.text().as_bytes())?;
        self.out.flush()
    }
}

/// Explains what an argument is about; an error is one of the output.
fn explain_argument(argument: &OsStr, explanations: &mut Explanations, failures: &mut Failures) -> io::Result<()> {
    if is_path(argument) {
        return explain_file(Path::new(argument), explanations, failures);
    }
    let text = with_line_breaks(argument.as_encoded_bytes());
    explain_text(&in_quotes(&shown(&text)), &text, explanations, failures)
}

/// Whether an argument names a file: it is there in any form, or there is a slash in it and neither a blank nor a code.
fn is_path(argument: &OsStr) -> bool {
    let text = argument.as_encoded_bytes();
    let reply = Reply::find(text);
    let like_reply = text.iter().any(u8::is_ascii_whitespace) || reply.code().is_some() || reply.status().is_some();
    argument == "-" || Path::new(argument).symlink_metadata().is_ok() || (text.contains(&b'/') && !like_reply)
}

/// Explains a file, or standard input for `-`, with all the messages that are in it.
fn explain_file(path: &Path, explanations: &mut Explanations, failures: &mut Failures) -> io::Result<()> {
    let is_standard = path == Path::new("-");
    if is_standard && io::stdin().is_terminal() {
        eprintln!("explain: paste a reply, then press Ctrl-D on a line of its own");
    }
    let name = if is_standard { "standard input".to_owned() } else { path.display().to_string() };
    let input = match open(path, None) {
        Ok(input) => input,
        Err(why) => {
            failures.tell(name, why);
            return Ok(());
        }
    };
    match input {
        Input::Message(message) => explain_message(&name, None, message, explanations, failures),
        Input::Mbox(messages) => {
            for (number, message) in (1..).zip(messages) {
                let place = format!("{name}, message {number}");
                match message {
                    Ok(message) => explain_message(&place, Some(number), message, explanations, failures)?,
                    Err(why) => failures.tell(place, why),
                }
            }
            Ok(())
        }
        Input::Replies(input) => explain_reply(&name, input, explanations, failures),
    }
}

fn explain_message(
    place: &str,
    number: Option<usize>,
    message: Bounded,
    explanations: &mut Explanations,
    failures: &mut Failures,
) -> io::Result<()> {
    if message.is_cut {
        failures.tell(place, too_long());
    }
    explanations.explain(&Subject::Message { text: message.bytes, number })
}

/// Explains a file that holds one reply, in one line or several.
fn explain_reply(name: &str, input: impl BufRead, explanations: &mut Explanations, failures: &mut Failures) -> io::Result<()> {
    let reply = match read_all(input, MAX_MESSAGE) {
        Ok(reply) => reply,
        Err(why) => {
            failures.tell(name, why);
            return Ok(());
        }
    };
    if reply.is_cut {
        failures.tell(name, too_long());
    }
    let text = reply.bytes.trim_ascii();
    let text = if text.contains(&b'\n') { text.to_vec() } else { with_line_breaks(text) };
    explain_text(name, &text, explanations, failures)
}

fn explain_text(name: &str, text: &[u8], explanations: &mut Explanations, failures: &mut Failures) -> io::Result<()> {
    match Subject::of(text) {
        Ok(subject) => explanations.explain(&subject),
        Err(why) => {
            failures.tell(name, why);
            Ok(())
        }
    }
}
