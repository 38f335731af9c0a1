//! Text wrapped to the width of the terminal.

use anstyle::{Effects, Style};
use textwrap::{Options, WordSplitter, WrapAlgorithm};

const BOLD: Style = Style::new().effects(Effects::BOLD);
const DIM: Style = Style::new().effects(Effects::DIMMED);

/// The columns of the longest label, and the space behind it.
const LABEL: usize = 15;

/// Below this width labels stand above their texts.
const SIDE_BY_SIDE: usize = 50;

/// The columns of a code in a list of entries.
const CODE: usize = 13;

/// An explanation that is being written. Styles are in it as escape sequences; whoever prints it takes them out where they do
/// not belong.
pub(crate) struct Page {
    text: String,
    width: usize,
}

impl Page {
    pub(crate) fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Lines that are laid out already.
    pub(crate) fn verbatim(&mut self, lines: &str) {
        self.text.push_str(lines);
    }

    /// A blank line, where there is none yet.
    pub(crate) fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line between two explanations.
    pub(crate) fn rule(&mut self) {
        self.gap();
        self.text.push_str(&format!("{DIM}{}{DIM:#}\n\n", "─".repeat(self.width)));
    }

    /// The codes and the title, and a blank line.
    pub(crate) fn heading(&mut self, codes: &str, title: &str) {
        let between = if codes.is_empty() { "" } else { "  " };
        self.styled(BOLD, &format!("{codes}{between}{title}"));
        self.gap();
    }

    pub(crate) fn subheading(&mut self, title: &str) {
        self.styled(BOLD, title);
    }

    pub(crate) fn paragraph(&mut self, text: &str) {
        self.wrapped(text, "", "");
    }

    /// An item of a list.
    pub(crate) fn item(&mut self, text: &str) {
        self.wrapped(text, "• ", "  ");
    }

    /// A text with its label beside it, or above it where there is no room.
    pub(crate) fn field(&mut self, label: &str, text: &str) {
        if self.width < SIDE_BY_SIDE || !self.fits_beside_label(text) {
            if !label.is_empty() {
                self.subheading(label);
            }
            return self.wrapped(text, "  ", "  ");
        }
        self.wrapped(text, &format!("{BOLD}{label:<LABEL$}{BOLD:#}"), &" ".repeat(LABEL));
    }

    /// An entry of the catalogue in a line: its code, its title, and who says so.
    pub(crate) fn row(&mut self, code: &str, title: &str, source: &str) {
        let code = if code.is_empty() { "(words only)" } else { code };
        let lead = format!("  {code:<CODE$} ");
        self.wrapped(&format!("{title} {DIM}({source}){DIM:#}"), &lead, &" ".repeat(lead.len()));
    }

    /// Whether no address of a page would run over the edge.
    fn fits_beside_label(&self, text: &str) -> bool {
        text.split(' ').all(|word| !word.contains("://") || LABEL + word.len() <= self.width)
    }

    fn styled(&mut self, style: Style, text: &str) {
        for line in textwrap::wrap(text, self.options(text)) {
            self.text.push_str(&format!("{style}{line}{style:#}\n"));
        }
    }

    fn wrapped(&mut self, text: &str, first: &str, others: &str) {
        for line in textwrap::wrap(text, self.options(text).initial_indent(first).subsequent_indent(others)) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// Words are cut only where they would not fit into any line, and addresses of pages never, so that they can be clicked.
    fn options(&self, text: &str) -> Options<'static> {
        Options::new(self.width)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit)
            .break_words(!text.contains("://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(page: &Page) -> String {
        anstream::adapter::strip_str(page.text()).to_string()
    }

    #[test]
    fn ok_field() {
        let mut page = Page::new(50);
        page.field("Reference", "one two three four five six seven eight nine");
        page.field("", "ten");
        assert_eq!(
            plain(&page),
            "Reference      one two three four five six seven\n               eight nine\n               ten\n"
        );
    }

    #[test]
    fn ok_narrow_field() {
        let mut page = Page::new(40);
        page.field("Reference", "one");
        page.field("", "two");
        assert_eq!(plain(&page), "Reference\n  one\n  two\n");
    }

    #[test]
    fn ok_addresses_stay_whole() {
        let url = format!("https://example.com/{}", "long-path/".repeat(20));
        let mut page = Page::new(60);
        page.field("Reference", &url);
        assert_eq!(plain(&page), format!("Reference\n  {url}\n"));
    }

    #[test]
    fn ok_long_words_fit() {
        let mut page = Page::new(60);
        page.field("Reply", &"x".repeat(500));
        assert!(plain(&page).lines().all(|line| line.len() <= 60));
    }
}
