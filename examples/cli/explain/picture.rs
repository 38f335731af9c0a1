//! The picture of a non-delivery report: the way of a message, and the one on it who has to act.

use anstyle::{AnsiColor, Style};
use nondelivery::Party;

/// The way of a message.
const PLACES: [&str; 3] = ["You", "your mail service", "recipient"];

/// The longest line between two places.
const MAX_LINK: usize = 8;

const AT_FAULT: Style = AnsiColor::Red.on_default().bold();

/// Where on the way `party` is; nowhere when nobody has to act.
fn place_of(party: Party) -> Option<usize> {
    match party {
        Party::Sender | Party::SenderAdmin => Some(0),
        Party::Service => Some(1),
        Party::RecipientAdmin | Party::Recipient | Party::GroupOwner => Some(2),
        _ => None,
    }
}

fn label_of(party: Party) -> &'static str {
    match party {
        Party::Sender => "you have to act",
        Party::SenderAdmin => "your administrator has to act",
        Party::Service => "the mail service has to act",
        Party::RecipientAdmin => "the recipient's administrator has to act",
        Party::Recipient => "the recipient has to act",
        Party::GroupOwner => "the owner of the group has to act",
        _ => "nobody has to act: it passes",
    }
}

/// Draws who has to act: marked in red, and by an arrow with the words under it.
pub(crate) fn draw(party: Party, width: usize) -> String {
    let link = link_length(width);
    let place = place_of(party);
    let label = label_of(party);
    let way = way(place, link);
    match place {
        None => format!("{way}\n{label}\n"),
        Some(place) => {
            let centre = centre_of(place, link);
            let start = centre.saturating_sub(label.len() / 2).min(width.saturating_sub(label.len()));
            format!("{way}\n{:centre$}{AT_FAULT}▲{AT_FAULT:#}\n{:start$}{AT_FAULT}{label}{AT_FAULT:#}\n", "", "")
        }
    }
}

/// The places with lines between them.
fn way(marked: Option<usize>, link: usize) -> String {
    let places = PLACES.iter().enumerate().map(|(place, name)| match Some(place) == marked {
        true => format!("{AT_FAULT}{name}{AT_FAULT:#}"),
        false => (*name).to_owned(),
    });
    places.collect::<Vec<_>>().join(&format!(" {} ", "─".repeat(link)))
}

/// How long the lines may be for the whole to fit into `width`.
fn link_length(width: usize) -> usize {
    let names: usize = PLACES.iter().map(|name| name.len()).sum();
    let links = PLACES.len() - 1;
    (width.saturating_sub(names + 2 * links) / links).clamp(1, MAX_LINK)
}

/// The column of the middle of a place.
fn centre_of(place: usize, link: usize) -> usize {
    let before: usize = PLACES[..place].iter().map(|name| name.len() + link + 2).sum();
    before + PLACES[place].len() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture as one sees it without colour.
    fn plain(party: Party, width: usize) -> String {
        anstream::adapter::strip_str(&draw(party, width)).to_string()
    }

    #[test]
    fn ok_every_party() {
        let way = "You ──────── your mail service ──────── recipient\n";
        let under = |party| plain(party, 60).strip_prefix(way).unwrap().to_owned();
        assert_eq!(under(Party::Sender), " ▲\nyou have to act\n");
        assert_eq!(under(Party::SenderAdmin), " ▲\nyour administrator has to act\n");
        assert_eq!(under(Party::Service), "                     ▲\n        the mail service has to act\n");
        assert_eq!(
            under(Party::Recipient),
            "                                            ▲\n                                the recipient has to act\n"
        );
        assert_eq!(
            under(Party::GroupOwner),
            "                                            ▲\n                           the owner of the group has to act\n"
        );
        assert_eq!(
            under(Party::RecipientAdmin),
            "                                            ▲\n                    the recipient's administrator has to act\n"
        );
        assert_eq!(under(Party::Nobody), "nobody has to act: it passes\n");
    }

    #[test]
    fn ok_every_width() {
        for party in Party::ALL {
            for width in 40..=120 {
                for line in plain(*party, width).lines() {
                    assert!(line.chars().count() <= width, "{party} {width}: {line}");
                }
            }
            assert!(plain(*party, 0).starts_with("You ─ your mail service ─ recipient\n"));
        }
    }

    #[test]
    fn ok_arrow_points_at_the_place() {
        for (party, name) in [(Party::SenderAdmin, "You"), (Party::Service, "your mail service"), (Party::Recipient, "recipient")]
        {
            for width in 40..=120 {
                let picture = plain(party, width);
                let [way, arrow, _] = picture.lines().collect::<Vec<_>>()[..] else { panic!("{picture}") };
                let start = way[..way.find(name).unwrap()].chars().count();
                let column = arrow.chars().count() - 1;
                assert!((start..start + name.len()).contains(&column), "{picture}");
            }
        }
    }

    #[test]
    fn ok_only_the_place_is_red() {
        assert_eq!(draw(Party::Service, 40).matches(&AT_FAULT.render().to_string()).count(), 3);
        assert!(!draw(Party::Nobody, 40).contains('\u{1b}'));
    }
}
