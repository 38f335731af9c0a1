//! Reports as servers send them by default: with the whole message that came back, its long header included.

use nondelivery::Bounce;

/// What a message collects on its way: the fields that make most of a header today.
const TRACE: &str = "Received: from mx4.relay.example (mx4.relay.example [192.0.2.41])\r\n\tby mx1.example.net (Postfix) with ESMTPS id 4Xk2Lm3vNqz9sPd\r\n\t\
    (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits))\r\n\t\
    for <kim@example.net>; Mon, 14 Sep 2026 08:20:31 +0000 (UTC)\r\n";
const SIGNATURE: &str = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=news.example.com; s=k3;\r\n\tt=1789374031; h=from:to:subject:date:message-id:\
    list-unsubscribe:mime-version;\r\n\tbh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=;\r\n\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZ\
    VoG4ZHRNiYzR\r\n\t uFfZ3vD0sAQ1l2y8mJ7rV5kzJ1uC3p9o8w7e6t5r4e3w2q1a0s9d8f7g6h5j4k3l2\r\n\t z1x2c3v4b5n6m7Q8W9E0R1T2Y3U4I5O6P7A8S9D0F1G2H3J4K5L6=\r\n";

/// A line of text, of quoted-printable HTML, and of base64.
const LINE: &str = "Thank you for your order: it leaves our house today and should be with you soon.\r\n";
const HTML: &str = "<td style=3D\"padding:0 12px;font-family:Arial,sans-serif\"><a href=3D\"http=\r\ns://news.example.com/c/8f3a\">Read more</a></td>\r\n";
const BASE64: &str = "JVBERi0xLjcKJeLjz9MKNCAwIG9iago8PC9MZW5ndGggMTQ0L0ZpbHRlci9GbGF0ZURlY29kZT4+\r\n";

/// `part` of so many bytes.
fn filled(part: &str, bytes: usize) -> String {
    part.repeat(bytes / part.len() + 1)
}

/// What a message may consist of: a letter, a newsletter, and one with a document; 4, 24 and 60 kB.
fn bodies() -> [String; 3] {
    let part = |fields: &str, body: &str| format!("--whole\r\n{fields}\r\n\r\n{body}\r\n");
    let text = |bytes| part("Content-Type: text/plain; charset=utf-8", &filled(LINE, bytes));
    let html = |bytes| {
        part("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", &filled(HTML, bytes))
    };
    let document = part(
        "Content-Type: application/pdf; name=\"order.pdf\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64",
        &filled(BASE64, 52_000),
    );
    [text(4_000), text(2_000) + &html(22_000), text(2_000) + &html(6_000) + &document].map(|parts| parts + "--whole--\r\n")
}

/// `report` with a message of usual length in the place of the few lines that came back; `None` when nothing came back, or only in an
/// encoding.
fn whole(report: &[u8], body: &str) -> Option<Vec<u8>> {
    let mut scratch = vec![0; report.len()];
    let bounce = Bounce::parse(report, &mut scratch).expect("the scratch suffices");
    let from = bounce.original_header(b"From").filter(|_| bounce.kind().is_bounce())?;
    let value = (from.as_ptr() as usize).checked_sub(report.as_ptr() as usize).filter(|at| *at < report.len())?;
    let header = report[..value].iter().rposition(|b| *b == b'\n')? + 1;
    let end = report[header..].windows(2).position(|w| w == b"\n\n" || w == b"\n\r").map(|at| header + at + 1)?;
    let fields =
        TRACE.repeat(4) + &SIGNATURE.repeat(3) + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=whole\r\n";
    Some([&report[..header], fields.as_bytes(), &report[header..end], b"\r\n", body.as_bytes(), &report[end..]].concat())
}

/// The reports with whole messages, each with all of the bodies.
pub(crate) fn all(reports: &[Vec<u8>]) -> Vec<Vec<u8>> {
    bodies().iter().flat_map(|body| reports.iter().filter_map(|report| whole(report, body))).collect()
}
