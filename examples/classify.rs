//! Says of every bounce what it means, who has to act and what to do.

#[allow(dead_code, unreachable_pub, reason = "the other programs use the rest of it")]
mod cli;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use cli::address::address;
use cli::bounded::Bounded;
use cli::failures::Failures;
use cli::format::Format;
use cli::inputs::Input;
use cli::json;
use cli::messages::{scratch_for, too_long};
use cli::replies::{Lines, MAX_LINE};
use cli::terminal::{cut, printable};
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use nondelivery::{Bounce, Category, Context, Kind, Rule, Rules, Verdict, classify_with};

/// Says of every bounce what it means, who has to act and what to do.
#[derive(Parser)]
#[command(
    version,
    after_help = "Without PATH, or with `-`, replies are read from standard input, one a line; `\\n` in a line stands for a line \
                  break. A PATH is a message, an mbox, a Maildir, a folder of messages, or a file of replies. Exit status: 0, or 1 \
                  when something could not be read."
)]
struct Arguments {
    /// Print one JSON object a line: per reply, or per recipient of a message.
    #[arg(long)]
    json: bool,
    /// A file of your own rules (TOML), consulted before everything else.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// What the files hold; without it the beginning of each tells.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Messages, mailboxes, folders or files of replies.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut failures = Failures::of("classify");
    let rules = match arguments.rules.as_deref().map(read_rules).transpose() {
        Ok(rules) => rules.unwrap_or_default(),
        Err(why) => {
            failures.tell(arguments.rules.unwrap_or_default().display(), why);
            return failures.exit_code();
        }
    };
    let rules = rules.as_rules();
    let mut report = Report::new(arguments.json, &rules);
    let result = run(&arguments, &mut report, &mut failures).and_then(|()| report.close());
    match result {
        // Who stops reading, as `head` does, has seen enough.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            failures.tell("standard output", e);
            failures.exit_code()
        }
        _ => failures.exit_code(),
    }
}

fn read_rules(path: &Path) -> Result<Rules, Box<dyn std::error::Error>> {
    Ok(Rules::from_toml(&std::fs::read_to_string(path)?)?)
}

/// Classifies all inputs; an error is one of the output.
fn run(arguments: &Arguments, report: &mut Report<'_>, failures: &mut Failures) -> io::Result<()> {
    let stdin = [PathBuf::from("-")];
    let paths: &[PathBuf] = if arguments.paths.is_empty() { &stdin } else { &arguments.paths };
    let mut files = Vec::new();
    for path in paths {
        files.extend(cli::folders::files(path, &mut |path, why| failures.tell(path.display(), why)));
    }
    let progress = progress_bar(files.len());
    for file in &files {
        classify_file(file, arguments.format, report, failures)?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// A bar for many files, shown only where a person waits and the results go elsewhere.
fn progress_bar(files: usize) -> ProgressBar {
    const MANY: usize = 100;
    if files < MANY || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left");
    ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn classify_file(path: &Path, format: Option<Format>, report: &mut Report<'_>, failures: &mut Failures) -> io::Result<()> {
    let input = match cli::inputs::open(path, format) {
        Ok(input) => input,
        Err(why) => {
            failures.tell(path.display(), why);
            return Ok(());
        }
    };
    let name = path.display().to_string();
    match input {
        Input::Message(message) => classify_message(&name, &name, &message, report, failures),
        Input::Mbox(messages) => {
            for (number, message) in (1..).zip(messages) {
                let place = format!("{name}, message {number}");
                match message {
                    Ok(message) => classify_message(&name, &place, &message, report, failures)?,
                    Err(why) => failures.tell(place, why),
                }
            }
            Ok(())
        }
        Input::Replies(lines) => classify_replies(&name, Lines::new(lines), report, failures),
    }
}

/// Classifies a message of `file`; complaints are about a `place` in it.
fn classify_message(
    file: &str,
    place: &str,
    message: &Bounded,
    report: &mut Report<'_>,
    failures: &mut Failures,
) -> io::Result<()> {
    if message.is_cut {
        failures.tell(place, too_long());
    }
    let mut scratch = scratch_for(&message.bytes);
    match Bounce::parse(&message.bytes, &mut scratch) {
        Ok(bounce) => {
            if bounce.is_truncated() {
                failures.note(place, "nested too deeply, or too many recipients: not all of it was looked at");
            }
            report.bounce(file, &bounce)
        }
        Err(why) => {
            failures.tell(place, why);
            Ok(())
        }
    }
}

fn classify_replies<R: io::BufRead>(
    name: &str,
    lines: Lines<R>,
    report: &mut Report<'_>,
    failures: &mut Failures,
) -> io::Result<()> {
    for line in lines {
        let line = match line {
            Ok(line) => line,
            Err(why) => {
                failures.tell(name, why);
                return Ok(());
            }
        };
        if line.is_cut {
            let place = format!("{name}:{}", line.number);
            failures.tell(place, format!("the line is longer than {MAX_LINE} bytes; only its start was read"));
        }
        report.reply(&line.text)?;
        if name == "-" {
            // Whoever follows a log waits for each answer.
            report.out.flush()?;
        }
    }
    Ok(())
}

/// Prints the results as they come, and the summary.
struct Report<'r> {
    rules: &'r [Rule<'r>],
    out: BufWriter<io::Stdout>,
    json: bool,
    terminal: bool,
    counts: BTreeMap<Category, usize>,
    others: BTreeMap<Kind, usize>,
}

impl<'r> Report<'r> {
    fn new(json: bool, rules: &'r [Rule<'r>]) -> Self {
        let terminal = io::stdout().is_terminal();
        let out = BufWriter::new(io::stdout());
        Self { rules, out, json, terminal, counts: BTreeMap::new(), others: BTreeMap::new() }
    }

    fn reply(&mut self, text: &[u8]) -> io::Result<()> {
        let verdict = classify_with(&Context { rules: self.rules, ..Context::default() }, text);
        *self.counts.entry(verdict.category).or_default() += 1;
        if self.json {
            return self.object(&json::verdict(text, &verdict));
        }
        self.row(&verdict, &printable(text))
    }

    fn bounce(&mut self, file: &str, bounce: &Bounce<'_>) -> io::Result<()> {
        let context = Context { rules: self.rules, ..Context::default() };
        let mut recipients = bounce.recipients_with(&context).peekable();
        if recipients.peek().is_none() {
            *self.others.entry(bounce.kind()).or_default() += 1;
            if self.json {
                return self.object(&json::message(file, bounce));
            }
            return self.line(["-", "-", bounce.kind().name(), "-"], &printable(file.as_bytes()));
        }
        for recipient in recipients {
            let verdict = recipient.verdict();
            *self.counts.entry(verdict.category).or_default() += 1;
            if self.json {
                self.object(&json::recipient(file, bounce, &recipient))?;
            } else {
                let said = recipient.diagnostic().map(|d| d.value).unwrap_or_default();
                self.row(verdict, &printable(&[address(&recipient).as_bytes(), b" ", said].concat()))?;
            }
        }
        Ok(())
    }

    fn object(&mut self, fields: &serde_json::Map<String, serde_json::Value>) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, fields)?;
        writeln!(self.out)
    }

    /// A verdict in one line of the table.
    fn row(&mut self, verdict: &Verdict, text: &str) -> io::Result<()> {
        let code = verdict.status.map(|s| s.to_string()).or(verdict.reply.map(|r| r.to_string())).unwrap_or_default();
        self.line([verdict.severity.name(), &code, verdict.category.name(), verdict.action.name()], text)
    }

    /// One line of the table, cut to the width of the terminal.
    fn line(&mut self, [severity, code, category, action]: [&str; 4], text: &str) -> io::Result<()> {
        let line = format!("{severity:<10}{code:<10}{category:<22}{action:<19}{text}");
        match self.terminal.then(textwrap::termwidth) {
            Some(width) => writeln!(self.out, "{}", cut(&line, width)),
            None => writeln!(self.out, "{line}"),
        }
    }

    /// The summary by category, for a person.
    fn close(&mut self) -> io::Result<()> {
        if self.terminal && !self.json {
            let total: usize = self.counts.values().sum();
            let mut table = Table::new();
            table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["Why", "How many", "Share"]);
            let mut counts: Vec<(&Category, &usize)> = self.counts.iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            for (category, count) in counts {
                let share = format!("{:.1} %", 100.0 * *count as f64 / total as f64);
                table.add_row([category.to_string(), count.to_string(), share]);
            }
            for (kind, count) in &self.others {
                table.add_row([format!("({kind}: no recipient)"), count.to_string(), String::new()]);
            }
            for column in table.column_iter_mut().skip(1) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            writeln!(self.out, "\n{table}")?;
        }
        self.out.flush()
    }
}
