//! Opens what bounces come from, a file or standard input, and finds out what it holds.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::bounded::Bounded;
use super::format::{Beginning, Format};
use super::mbox::Mbox;
use super::messages::read_message;

/// An open input whose format is known.
pub(crate) enum Input {
    Message(Bounded),
    Mbox(Mbox<Box<dyn BufRead>>),
    Replies(Box<dyn BufRead>),
}

/// Opens a file, or standard input for `-`. Without a `format` its beginning tells.
pub(crate) fn open(path: &Path, format: Option<Format>) -> io::Result<Input> {
    if path == Path::new("-") {
        // Somebody who types or pipes a line means a reply.
        return read(BufReader::new(io::stdin()), format, Format::Replies);
    }
    read(BufReader::new(File::open(path)?), format, Format::Message)
}

fn read(mut input: impl BufRead + 'static, format: Option<Format>, lone_line: Format) -> io::Result<Input> {
    // Who says that they are replies waits for none of them.
    if format == Some(Format::Replies) {
        return Ok(Input::Replies(Box::new(input)));
    }
    let beginning = Beginning::read(&mut input, lone_line)?;
    let (format, line_end) = (format.unwrap_or(beginning.format), beginning.line_end());
    let input: Box<dyn BufRead> = Box::new(Cursor::new(beginning.text).chain(input));
    Ok(match format {
        Format::Mbox => Input::Mbox(Mbox::new(input, line_end)),
        Format::Message => Input::Message(read_message(input)?),
        Format::Replies => Input::Replies(input),
    })
}
