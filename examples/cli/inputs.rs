//! Where bounces come from: files, mailboxes, folders, standard input.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

/// The largest message that is read whole.
pub(crate) const MAX_MESSAGE: u64 = 256 << 20;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Look at the first line.
    Auto,
    /// One message.
    Message,
    /// Many messages, each behind a line that begins with `From `.
    Mbox,
    /// Replies, one a line.
    Replies,
}

/// An open input whose format is known.
pub(crate) enum Input {
    Message(Vec<u8>),
    Mbox(Mbox<Box<dyn BufRead>>),
    Replies(Box<dyn BufRead>),
}

/// All files under `path`, in order: itself, or those in a folder (a Maildir's `cur` and `new` come out as any other). What cannot be
/// read is told to `fail`.
pub(crate) fn files(path: &Path, fail: &mut impl FnMut(&Path, io::Error)) -> Vec<PathBuf> {
    if path == Path::new("-") || !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) => {
                fail(&folder, e);
                continue;
            }
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                Ok((path, kind)) if kind.is_dir() => folders.push(path),
                // A Maildir's `tmp` and a link's target are not looked into twice; devices are no mail.
                Ok((path, kind)) if kind.is_file() || (kind.is_symlink() && path.is_file()) => found.push(path),
                Ok(_) => {}
                Err(e) => fail(&folder, e),
            }
        }
    }
    found.sort();
    found
}

/// Opens a file, or standard input for `-`, and finds out its format.
pub(crate) fn open(path: &Path, format: Format) -> io::Result<Input> {
    let standard = path == Path::new("-");
    let mut reader: Box<dyn BufRead> =
        if standard { Box::new(BufReader::new(io::stdin())) } else { Box::new(BufReader::new(File::open(path)?)) };
    let format = match format {
        Format::Auto => guess(reader.fill_buf()?, standard),
        known => known,
    };
    Ok(match format {
        Format::Mbox => Input::Mbox(Mbox::new(reader)),
        Format::Message => Input::Message(read_message(reader)?),
        Format::Replies | Format::Auto => Input::Replies(reader),
    })
}

/// A message begins with a header field, a mailbox with `From `; standard input is replies unless it is one of them.
fn guess(start: &[u8], standard: bool) -> Format {
    if start.starts_with(b"From ") {
        return Format::Mbox;
    }
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let rest = start.get(line.len()..).unwrap_or_default();
    // `Remote host said: 550 no` is a reply, and so is any single line on standard input.
    let is_field = name > 0 && line.get(name) == Some(&b':') && !rest.is_empty();
    match (is_field, standard) {
        (true, false) => Format::Message,
        (true, true) if start.windows(2).any(|w| w == b"\n\n") || start.windows(4).any(|w| w == b"\r\n\r\n") => Format::Message,
        _ => Format::Replies,
    }
}

fn read_message(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    reader.take(MAX_MESSAGE + 1).read_to_end(&mut message)?;
    if message.len() as u64 > MAX_MESSAGE {
        let why = format!("the message is longer than {MAX_MESSAGE} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(message)
}

/// Iterates over the messages of a mailbox, one in memory at a time.
pub(crate) struct Mbox<R> {
    input: R,
    line: Vec<u8>,
}

impl<R: BufRead> Mbox<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: Vec::new() }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let mut message = std::mem::take(&mut self.line);
        let mut blank = false;
        loop {
            self.line.clear();
            match self.input.read_until(b'\n', &mut self.line) {
                Err(e) => return Some(Err(e)),
                Ok(0) => return (!message.is_empty()).then_some(Ok(message)),
                Ok(_) if self.line.starts_with(b"From ") && blank => return Some(Ok(message)),
                Ok(_) => {
                    blank = self.line == b"\n" || self.line == b"\r\n";
                    // `>From ` at the start of a line was `From ` before it came into the mailbox.
                    let quoted = self.line.iter().take_while(|b| **b == b'>').count();
                    let from = quoted > 0 && self.line[quoted..].starts_with(b"From ");
                    message.extend_from_slice(&self.line[usize::from(from)..]);
                }
            }
        }
    }
}
