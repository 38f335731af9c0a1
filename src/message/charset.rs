//! Text in other charsets than UTF-8, which servers still send: made UTF-8, so that phrases match and people can read it. The tables
//! are those of `encoding_rs`, behind the feature `charset`.

/// Writes `text`, which says that it is in `charset`, to `out` as UTF-8, and returns the length of the result. `None` when there is
/// nothing to convert, nobody knows the charset, or `out` has no room: then the text is best left as it is.
#[cfg(feature = "charset")]
pub(super) fn to_utf8(charset: &[u8], text: &[u8], out: &mut [u8]) -> Option<usize> {
    use encoding_rs::{CoderResult, Encoding, UTF_8};

    let encoding = Encoding::for_label(charset)?;
    // Many say one charset and write another; what is good UTF-8 is hardly anything else.
    let is_utf8 = Encoding::utf8_valid_up_to(text) == text.len();
    let shifts = !encoding.is_ascii_compatible() && text.contains(&ESCAPE);
    if encoding == UTF_8 || (is_utf8 && !shifts) {
        return None;
    }
    let (result, _, written, _) = encoding.new_decoder_without_bom_handling().decode_to_utf8(text, out, true);
    matches!(result, CoderResult::InputEmpty).then_some(written)
}

/// Switches between the character sets of ISO-2022.
#[cfg(feature = "charset")]
const ESCAPE: u8 = 0x1b;

/// Without the tables nothing can be converted.
#[cfg(not(feature = "charset"))]
pub(super) fn to_utf8(_: &[u8], _: &[u8], _: &mut [u8]) -> Option<usize> {
    None
}

#[cfg(all(test, feature = "charset"))]
mod tests {
    use super::*;

    fn converted(charset: &str, text: &[u8]) -> Option<String> {
        let mut out = vec![0; 3 * text.len()];
        to_utf8(charset.as_bytes(), text, &mut out).map(|length| String::from_utf8(out[..length].to_vec()).unwrap())
    }

    #[test]
    fn ok_charsets() {
        assert_eq!(converted("iso-2022-jp", b"a \x1b$B%f!<%6!<\x1b(B b").as_deref(), Some("a ユーザー b"));
        assert_eq!(converted("KOI8-R", &[0xce, 0xc5, 0xd4]).as_deref(), Some("нет"));
        assert_eq!(converted("windows-1252", b"doesn\x92t").as_deref(), Some("doesn’t"));
        assert_eq!(converted("gb2312", &[0xd3, 0xc3, 0xbb, 0xa7]).as_deref(), Some("用户"));
    }

    #[test]
    fn ok_nothing_to_convert() {
        assert_eq!(converted("us-ascii", b"plain"), None);
        assert_eq!(converted("iso-2022-jp", b"plain"), None);
        assert_eq!(converted("iso-8859-1", "schön".as_bytes()), None);
        assert_eq!(converted("utf-8", b"\xff"), None);
        assert_eq!(converted("unknown-8bit", b"\xff"), None);
    }

    #[test]
    fn err_no_room() {
        assert_eq!(to_utf8(b"koi8-r", &[0xce, 0xc5, 0xd4], &mut [0; 5]), None);
    }
}
