//! What has to hold for any bytes that are taken for a message: the oracle of the fuzz target, and of `tests/message_properties.rs`.

use nondelivery::{Action, Bounce, DsnAction, Severity};

#[path = "../tests/messages/visit.rs"]
mod visit;

/// How many recipients are told apart in a report without a machine-readable part.
pub(crate) const MAX_NAMED: usize = 64;

/// The shortest group of fields that makes a recipient: `Action:` and the line end behind it.
const MIN_GROUP: usize = 8;

/// Puts `message` to the test; how many recipients it has.
pub(crate) fn message(message: &[u8]) -> usize {
    let mut scratch = vec![0; message.len()];
    let bounce = Bounce::parse(message, &mut scratch).expect("the length of the message suffices");
    let count = visit::everything(&bounce);
    assert_eq!(bounce.recipients().count(), count, "iterating twice gives the same");
    assert!(bounce.kind().is_bounce() || count == 0, "{} has recipients", bounce.kind());
    assert!(count <= MAX_NAMED.max(message.len() / MIN_GROUP), "{count} recipients in {} bytes", message.len());
    for recipient in bounce.recipients() {
        let verdict = recipient.verdict();
        assert!(!(verdict.suppress && verdict.severity == Severity::Transient), "{verdict}");
        if recipient.action() == Some(DsnAction::Delayed) {
            assert!(!verdict.suppress && verdict.action != Action::Suppress, "{verdict}");
        }
    }
    // Whatever the scratch held before, the answer is the same.
    let mut dirty = vec![0xa5; message.len()];
    let again = Bounce::parse(message, &mut dirty).expect("the length of the message suffices");
    assert_eq!((again.kind(), again.text(), again.recipients().count()), (bounce.kind(), bounce.text(), count));
    // Where every charset has room, more room changes nothing.
    let mut roomy = vec![0; 4 * message.len()];
    let roomy = Bounce::parse(message, &mut roomy).expect("more than enough suffices too");
    let mut roomier = vec![0; 4 * message.len() + 7];
    let again = Bounce::parse(message, &mut roomier).expect("more than enough suffices too");
    assert_eq!((again.kind(), again.text()), (roomy.kind(), roomy.text()));
    match Bounce::parse(message, &mut []) {
        Ok(undecoded) => assert_eq!(undecoded.text(), bounce.text()),
        Err(e) => assert_eq!(e.needed, message.len()),
    }
    count
}
