//! Says of every reply what it means, who has to act and what to do.

mod cli;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use cli::failures::Failures;
use cli::replies::{Lines, MAX_LINE};
use nondelivery::{Category, Verdict, classify};

/// Says of every bounce what it means, who has to act and what to do.
#[derive(Parser)]
#[command(version, after_help = "Without PATH, or with `-`, replies are read from standard input, one a line; `\\n` in a line stands for a line break.")]
struct Arguments {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Files of replies.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut failures = Failures::of("classify");
    let mut report = Report::new(arguments.json);
    let stdin = [PathBuf::from("-")];
    let paths: &[PathBuf] = if arguments.paths.is_empty() { &stdin } else { &arguments.paths };
    for path in paths {
        if let Err(e) = classify_file(path, &mut report, &mut failures) {
            // Who stops reading, as `head` does, has seen enough.
            return if e.kind() == io::ErrorKind::BrokenPipe { failures.exit_code() } else { lost_output(&e) };
        }
    }
    match report.close() {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => lost_output(&e),
        _ => failures.exit_code(),
    }
}

fn lost_output(error: &io::Error) -> ExitCode {
    eprintln!("classify: standard output: {error}");
    ExitCode::FAILURE
}

/// Classifies the replies of one file; an error is one of the output.
fn classify_file(path: &Path, report: &mut Report, failures: &mut Failures) -> io::Result<()> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        match File::open(path) {
            Ok(file) => Box::new(file),
            Err(e) => {
                failures.tell(path.display(), e);
                return Ok(());
            }
        }
    };
    for line in Lines::new(BufReader::new(input)) {
        let line = match line {
            Ok(line) => line,
            Err(e) => {
                failures.tell(path.display(), e);
                return Ok(());
            }
        };
        if line.cut {
            let place = format!("{}:{}", path.display(), line.number);
            failures.tell(place, format!("the line is longer than {MAX_LINE} bytes; only its start was read"));
        }
        report.add(&line.text, &classify(&line.text))?;
    }
    Ok(())
}

/// Prints the results as they come, and the summary.
struct Report {
    out: BufWriter<io::Stdout>,
    json: bool,
    terminal: bool,
    counts: BTreeMap<Category, usize>,
}

impl Report {
    fn new(json: bool) -> Self {
        let out = BufWriter::new(io::stdout());
        Self { out, json, terminal: io::stdout().is_terminal(), counts: BTreeMap::new() }
    }

    fn add(&mut self, text: &[u8], verdict: &Verdict) -> io::Result<()> {
        *self.counts.entry(verdict.category).or_default() += 1;
        if self.json {
            serde_json::to_writer(&mut self.out, &cli::json::verdict(text, verdict))?;
            return writeln!(self.out);
        }
        let text = String::from_utf8_lossy(text).replace(['\n', '\r', '\t'], " ");
        let code = verdict.status.map(|s| s.to_string()).or(verdict.reply.map(|r| r.to_string())).unwrap_or_default();
        let severity = verdict.severity;
        writeln!(self.out, "{severity:<10}{code:<10}{:<22}{:<19}{text}", verdict.category, verdict.action)
    }

    fn close(&mut self) -> io::Result<()> {
        if self.terminal && !self.json {
            writeln!(self.out, "{:?}", self.counts)?;
        }
        self.out.flush()
    }
}
