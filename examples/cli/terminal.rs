//! Foreign text as a terminal may show it.

use textwrap::core::display_width;

/// Text on one line, without what controls a terminal or turns the writing round: whoever wrote a mail must not write to the
/// screen of who reads it.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let shown: String = text.chars().map(|c| if is_hostile(c) { '\u{fffd}' } else { c }).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_hostile(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !c.is_whitespace())
}

/// As much of a line as fits into so many columns, of which some characters take two.
pub(crate) fn cut(line: &str, columns: usize) -> &str {
    let mut used = 0;
    let over = line.char_indices().find(|(at, c)| {
        used += display_width(&line[*at..at + c.len_utf8()]);
        used > columns
    });
    over.map_or(line, |(end, _)| &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_printable() {
        assert_eq!(printable(b" a\r\n\tb  c "), "a b c");
        assert_eq!(printable(b"\x1b[31mred\x07\xff"), "\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!(printable("a\u{202e}b\u{9b}".as_bytes()), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn ok_cut() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 2), "ab");
        assert_eq!(cut("宛先不明", 5), "宛先");
        assert_eq!(cut("äöü", 2), "äö");
        assert_eq!(cut("", 0), "");
    }
}
