//! Says of every bounce what it means, who has to act and what to do.

mod cli;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use cli::failures::Failures;
use cli::inputs::{Format, Input};
use cli::json;
use cli::replies::{Lines, MAX_LINE};
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
    /// What the files hold.
    #[arg(long, value_enum, default_value = "auto")]
    format: Format,
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
        files.extend(cli::inputs::files(path, &mut |path, why| failures.tell(path.display(), why)));
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

fn classify_file(path: &Path, format: Format, report: &mut Report<'_>, failures: &mut Failures) -> io::Result<()> {
    let input = match cli::inputs::open(path, format) {
        Ok(input) => input,
        Err(why) => {
            failures.tell(path.display(), why);
            return Ok(());
        }
    };
    let name = path.display().to_string();
    match input {
        Input::Message(message) => report.message(&name, &message),
        Input::Mbox(messages) => {
            for message in messages {
                match message {
                    Ok(message) => report.message(&name, &message)?,
                    Err(why) => failures.tell(&name, why),
                }
            }
            Ok(())
        }
        Input::Replies(lines) => classify_replies(&name, Lines::new(lines), report, failures),
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
        if line.cut {
            let place = format!("{name}:{}", line.number);
            failures.tell(place, format!("the line is longer than {MAX_LINE} bytes; only its start was read"));
        }
        report.reply(&line.text)?;
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
    scratch: Vec<u8>,
}

impl<'r> Report<'r> {
    fn new(json: bool, rules: &'r [Rule<'r>]) -> Self {
        let terminal = io::stdout().is_terminal();
        let out = BufWriter::new(io::stdout());
        Self { rules, out, json, terminal, counts: BTreeMap::new(), others: BTreeMap::new(), scratch: Vec::new() }
    }

    fn reply(&mut self, text: &[u8]) -> io::Result<()> {
        let verdict = classify_with(&Context { rules: self.rules, ..Context::default() }, text);
        *self.counts.entry(verdict.category).or_default() += 1;
        if self.json {
            return self.object(&json::verdict(text, &verdict));
        }
        self.row(&verdict, &String::from_utf8_lossy(text))
    }

    fn message(&mut self, file: &str, message: &[u8]) -> io::Result<()> {
        let mut scratch = std::mem::take(&mut self.scratch);
        if scratch.len() < message.len() {
            scratch.resize(message.len(), 0);
        }
        let result = match Bounce::parse(message, &mut scratch) {
            Ok(bounce) => self.bounce(file, &bounce),
            Err(e) => Err(io::Error::other(e)),
        };
        self.scratch = scratch;
        result
    }

    fn bounce(&mut self, file: &str, bounce: &Bounce<'_>) -> io::Result<()> {
        let context = Context { rules: self.rules, ..Context::default() };
        let mut recipients = bounce.recipients_with(&context).peekable();
        if recipients.peek().is_none() {
            *self.others.entry(bounce.kind()).or_default() += 1;
            if self.json {
                return self.object(&json::message(file, bounce));
            }
            return writeln!(self.out, "{:<10}{:<10}{:<22}{:<19}{file}", "-", "-", bounce.kind(), "-");
        }
        for recipient in recipients {
            let verdict = recipient.verdict();
            *self.counts.entry(verdict.category).or_default() += 1;
            if self.json {
                self.object(&json::recipient(file, bounce, &recipient))?;
            } else {
                let said = recipient.diagnostic().map(|d| String::from_utf8_lossy(d.value)).unwrap_or_default();
                self.row(verdict, &format!("{} {said}", recipient.decoded_address()))?;
            }
        }
        Ok(())
    }

    fn object(&mut self, fields: &serde_json::Map<String, serde_json::Value>) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, fields)?;
        writeln!(self.out)
    }

    /// One line of the table, cut to the width of the terminal.
    fn row(&mut self, verdict: &Verdict, text: &str) -> io::Result<()> {
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let code = verdict.status.map(|s| s.to_string()).or(verdict.reply.map(|r| r.to_string())).unwrap_or_default();
        let row = format!("{:<10}{code:<10}{:<22}{:<19}{text}", verdict.severity, verdict.category, verdict.action);
        match self.terminal.then(textwrap::termwidth) {
            Some(width) => writeln!(self.out, "{}", row.chars().take(width).collect::<String>()),
            None => writeln!(self.out, "{row}"),
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
