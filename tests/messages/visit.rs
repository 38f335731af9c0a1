//! Calls everything that a bounce offers.

use std::fmt::{self, Write};

use nondelivery::{Bounce, Encoded, ExchangeDetails, Recipient, Typed};

/// Counts what is printed to it.
#[derive(Default)]
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.0 += s.len();
        Ok(())
    }
}

fn printed(value: impl fmt::Display) -> usize {
    let mut length = Length::default();
    write!(length, "{value}").expect("counting never fails");
    length.0
}

fn typed(value: Option<Typed<'_>>) -> usize {
    value.map_or(0, |typed| {
        let strict = Typed::parse(typed.value).is_ok();
        typed.kind.len() + typed.value.len() + typed.host().len() + typed.address().len() + usize::from(strict)
    })
}

fn encoded(value: Encoded<'_>) -> usize {
    let mut buffer = [0; 64];
    printed(value) + value.decode(&mut buffer).map_or(0, <[u8]>::len)
}

/// Every accessor of a bounce and of its recipients; how many recipients there are.
pub(crate) fn everything(bounce: &Bounce<'_>) -> usize {
    let mut length = printed(bounce.kind()) + bounce.text().len() + usize::from(bounce.is_truncated());
    for value in
        [bounce.header(b"Subject"), bounce.original_header(b"Message-ID"), bounce.original_envelope_id(), bounce.list_id()]
    {
        length += value.map_or(0, <[u8]>::len);
    }
    for fields in [bounce.original_fields(), bounce.message_fields()] {
        length += fields.map(|field| field.name.len() + field.value.len()).sum::<usize>();
    }
    length += typed(bounce.reporting_mta()) + typed(bounce.dsn_gateway()) + typed(bounce.received_from_mta());
    length += bounce.arrival_date().map_or(0, printed);
    for finding in bounce.authentication().findings() {
        length += printed(finding) + finding.problem.advice().len();
    }
    let mut count = 0;
    for recipient in bounce.recipients() {
        length += of_recipient(&recipient);
        count += 1;
    }
    std::hint::black_box(length);
    count
}

fn of_recipient(recipient: &Recipient<'_>) -> usize {
    let mut length = recipient.address().len() + encoded(recipient.decoded_address());
    length += typed(Some(recipient.final_recipient())) + typed(recipient.original_recipient());
    length += recipient.decoded_original().map_or(0, encoded);
    length += recipient.action().map_or(0, printed) + typed(recipient.remote_mta()) + typed(recipient.diagnostic());
    length += recipient.last_attempt_date().map_or(0, printed) + recipient.will_retry_until().map_or(0, printed);
    length += recipient.final_log_id().map_or(0, <[u8]>::len) + recipient.rejected_by().map_or(0, <[u8]>::len);
    length += recipient.fields().map(|field| field.name.len() + field.value.len()).sum::<usize>();
    length += recipient.exchange().map_or(0, |exchange| of_exchange(&exchange));
    length + usize::from(recipient.repairs().status_missing) + printed(recipient.verdict())
}

fn of_exchange(exchange: &ExchangeDetails<'_>) -> usize {
    printed(exchange) + exchange.rejected_by().map_or(0, <[u8]>::len) + exchange.time.map_or(0, printed)
}
