/* nondelivery.h: what a bounce means, who has to act and what to do next. For C11 and C++17; the C++ wrapper is nondelivery.hpp.
 *
 * Made by cbindgen from src/ffi; changes belong there.
 *
 *     ndr_verdict verdict;
 *     ndr_classify(reply, strlen(reply), &verdict);
 *     puts(ndr_category_name(verdict.category));
 *
 *     ndr_bounce bounce;
 *     ndr_recipient recipient;
 *     if (ndr_bounce_parse(message, length, scratch, length, &bounce) == NDR_RESULT_OK)
 *         while (ndr_bounce_next(&bounce, &recipient))
 *             printf("%.*s: %s\n", (int)recipient.address.len, recipient.address.ptr, ndr_action_name(recipient.verdict.action));
 *
 * Build it:  cargo cinstall --release --no-default-features --prefix=/usr/local        (cargo-c; then pkg-config nondelivery)
 * or:        cargo rustc --release --no-default-features --features capi --lib --crate-type cdylib,staticlib -- \
 *                -C link-arg=-Wl,-soname,libnondelivery.so.1                           (target/release/libnondelivery.{so,a};
 *            install the shared one as libnondelivery.so.1, and a link libnondelivery.so to it)
 * Link it:   cc program.c -lnondelivery     or     cc program.c libnondelivery.a       (it needs libc and nothing else)
 *
 * CONVENTIONS, which hold for every function and are not said again:
 *
 * Names      Functions and types begin with ndr_, constants with NDR_. Inputs come before outputs.
 * Text       Text that comes in is a pointer and a length; it need not end in NUL, and may hold any bytes. (Only the name of a header
 *            field, which is a literal in most programs, is NUL-terminated.) Text of the catalogue and names of numbers are
 *            NUL-terminated static strings, in UTF-8. Text of a message comes out as an ndr_slice, as it stands there: check it
 *            before you print it to a terminal, and unfold it before you put it into a header.
 * Ownership  The caller owns every struct and buffer; there is nothing to create and nothing to free. The library keeps no pointer
 *            after a function returns, except inside ndr_bounce, ndr_fields, ndr_field, ndr_recipient, ndr_typed, ndr_exchange and
 *            ndr_finding, which point into the message and the scratch: keep both unchanged while you use them.
 * Results    Functions that can be misused return an ndr_result. When it is not NDR_RESULT_OK, `out` is all zero, which is a safe
 *            value of every struct here: "nothing is known". `= {0}` makes it in C, `= {}` in C++.
 * NULL       NULL with length 0 is an empty text. NULL with another length is NDR_RESULT_NULL_POINTER. Where an object is asked for,
 *            NULL gives the answer of an empty one. Pointers that are not NULL have to be valid and aligned, as everywhere in C.
 * Numbers    Enums cross as fixed-width integers and only grow at the end. A number that the library does not know is safe
 *            everywhere: names are NULL for it. Numbers that you do not know may come out of a newer library: have a default case. What
 *            comes out of a library has a name in it, except the 0 of "not known" where the enum has none (evidence, stage, DSN action,
 *            problem): its name is NULL, so look before you print it.
 * Limits     No input makes the library crash, loop, or take more than linear time. It does not allocate, print, read files or the
 *            locale, or call back, keeps no state, and is never to be initialised. Nothing unwinds or longjmps out of it. Should there
 *            be a mistake in the library after all, the process aborts.
 * Threads    Every function may run in any number of threads at once. What is not const in a signature (an ndr_bounce or ndr_fields
 *            that is walked through, a buffer) may be used by one thread at a time.
 * Versions   NDR_VERSION_* are those of the library this header came with, ndr_version() is that of the library in use. Programs that
 *            were compiled with one NDR_ABI_VERSION work with every library whose ndr_abi_version() is the same; it is also the number
 *            in the SONAME. Fields and functions do not change as long as it stays the same; functions and numbers may be added.
 */


#ifndef NONDELIVERY_H
#define NONDELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of the library that this header came with: the first number.
#define NDR_VERSION_MAJOR 0

/// The second number.
#define NDR_VERSION_MINOR 1

/// The third number.
#define NDR_VERSION_PATCH 0

/// The version as text.
#define NDR_VERSION "0.1.0"


/// The version of the binary interface. It is also the number in the shared library's name, `libnondelivery.so.1`.
///
/// It grows when a struct or function changes in a way that needs programs compiled anew. New functions and new numbers do not
/// change it.
#define NDR_ABI_VERSION 1

/// The most rules that a context can carry.
#define NDR_MAX_RULES 64

/// Room for any status code and its NUL: `5.999.999`.
#define NDR_STATUS_SIZE 10

/// The most findings that `ndr_bounce_authentication` can give.
#define NDR_MAX_FINDINGS 8

/// In `ndr_rule.sets`: the rule gives a category.
#define NDR_RULE_SETS_CATEGORY 1

/// In `ndr_rule.sets`: the rule gives an action.
#define NDR_RULE_SETS_ACTION 2

/// In `ndr_rule.sets`: the rule says whether to suppress the address.
#define NDR_RULE_SETS_SUPPRESS 4

/// What a call came to. Numbers are never used for something else later; treat one that you do not know as a failure.
enum ndr_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It worked, and the result is in `out`.
    NDR_RESULT_OK = 0,
    /// `out` was NULL, or a text was NULL although its length was not 0.
    NDR_RESULT_NULL_POINTER = 1,
    /// A length was above `PTRDIFF_MAX`, as a negative number is when it becomes a `size_t`.
    NDR_RESULT_TOO_LONG = 2,
    /// The text is no enhanced status code.
    NDR_RESULT_NO_STATUS = 3,
    /// The scratch was too small. A scratch as long as the message is enough.
    NDR_RESULT_SCRATCH_TOO_SMALL = 4,
    /// The scratch and the message lie over one another.
    NDR_RESULT_OVERLAP = 5,
    /// The context has more than `NDR_MAX_RULES` rules.
    NDR_RESULT_TOO_MANY_RULES = 6,
    /// A rule has a status pattern, reply code, stage, category, action or `sets` that does not exist.
    NDR_RESULT_INVALID_RULE = 7,
    /// There is no more to walk through.
    NDR_RESULT_NO_MORE = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_result ndr_result;
#else
typedef uint32_t ndr_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Why a message was not delivered. How permanent that is, is told by the severity and not by the category: a full mailbox is
/// `MailboxFull` at 4.2.2 and at 5.2.2.
enum ndr_category
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It failed, or was said to, and nothing tells why.
    NDR_CATEGORY_UNDETERMINED = 0,
    /// There is no such mailbox, alias, user or group at that domain.
    NDR_CATEGORY_UNKNOWN_RECIPIENT = 1,
    /// The recipient's domain does not exist, has no usable mail server, or takes no mail.
    NDR_CATEGORY_UNKNOWN_DOMAIN = 2,
    /// The recipient's address is malformed or ambiguous.
    NDR_CATEGORY_BAD_ADDRESS = 3,
    /// The recipient has gone to another address.
    NDR_CATEGORY_MAILBOX_MOVED = 4,
    /// The mailbox exists and is disabled, suspended, closed or not yet in use.
    NDR_CATEGORY_MAILBOX_INACTIVE = 5,
    /// That one mailbox is over its quota.
    NDR_CATEGORY_MAILBOX_FULL = 6,
    /// The recipient, group or organisation takes mail only from some senders.
    NDR_CATEGORY_RECIPIENT_RESTRICTED = 7,
    /// The message is over a size limit.
    NDR_CATEGORY_MESSAGE_TOO_LARGE = 8,
    /// Format, header, attachment or encoding were refused; neither spam nor malware.
    NDR_CATEGORY_CONTENT_REJECTED = 9,
    /// The message was judged to be spam.
    NDR_CATEGORY_SPAM_CONTENT = 10,
    /// A virus or other malware was found.
    NDR_CATEGORY_MALWARE_DETECTED = 11,
    /// The envelope or header sender was refused, does not exist or could not be verified.
    NDR_CATEGORY_SENDER_REJECTED = 12,
    /// SPF, DKIM, DMARC or ARC was missing or failed.
    NDR_CATEGORY_AUTHENTICATION_FAILED = 13,
    /// The sending host's PTR record, forward-confirmed name or HELO is missing or wrong.
    NDR_CATEGORY_REVERSE_DNS = 14,
    /// The sending host's address is on a list or has a bad reputation.
    NDR_CATEGORY_IP_BLOCKED = 15,
    /// The sender's domain or address is on a list or has a bad reputation.
    NDR_CATEGORY_DOMAIN_BLOCKED = 16,
    /// Refused by local policy, and nothing more can be told.
    NDR_CATEGORY_POLICY_REJECTED = 17,
    /// Too many messages or connections in a time.
    NDR_CATEGORY_RATE_LIMITED = 18,
    /// One message or session has too many recipients.
    NDR_CATEGORY_TOO_MANY_RECIPIENTS = 19,
    /// The sender's own provider has stopped the sender: quota used up, or blocked for abuse.
    NDR_CATEGORY_SENDER_QUOTA = 20,
    /// Refused once on purpose, to be tried again.
    NDR_CATEGORY_GREYLISTED = 21,
    /// This server is no relay for that recipient's domain.
    NDR_CATEGORY_RELAY_DENIED = 22,
    /// The client has to authenticate, or its login failed.
    NDR_CATEGORY_LOGIN_REQUIRED = 23,
    /// STARTTLS, certificate, DANE or MTA-STS failed or was required.
    NDR_CATEGORY_TLS_FAILED = 24,
    /// No connection, or it broke.
    NDR_CATEGORY_CONNECTION_FAILED = 25,
    /// A DNS or directory query failed, for now.
    NDR_CATEGORY_DNS_FAILED = 26,
    /// The message went round in circles.
    NDR_CATEGORY_ROUTING_LOOP = 27,
    /// The message waited in a queue until its lifetime ended.
    NDR_CATEGORY_EXPIRED = 28,
    /// The receiving system, not the one mailbox, is out of storage.
    NDR_CATEGORY_SYSTEM_FULL = 29,
    /// The receiving system failed or is misconfigured.
    NDR_CATEGORY_SYSTEM_ERROR = 30,
    /// The SMTP dialogue broke.
    NDR_CATEGORY_PROTOCOL_ERROR = 31,
    /// The program, filter or script that delivers locally failed.
    NDR_CATEGORY_MAILER_ERROR = 32,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_category ndr_category;
#else
typedef uint8_t ndr_category;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What the sending system should do now.
enum ndr_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nothing: it worked, or nothing can be done.
    NDR_ACTION_NOTHING = 0,
    /// Try again later, as a queue does.
    NDR_ACTION_RETRY = 1,
    /// Try again, with fewer messages and connections.
    NDR_ACTION_SLOW_DOWN = 2,
    /// Send to fewer recipients at a time.
    NDR_ACTION_SPLIT_RECIPIENTS = 3,
    /// Stop mailing this address.
    NDR_ACTION_SUPPRESS = 4,
    /// Correct the recipient's address.
    NDR_ACTION_FIX_ADDRESS = 5,
    /// Change the message.
    NDR_ACTION_FIX_MESSAGE = 6,
    /// Mend what belongs to the sender: DNS, authentication, TLS, configuration.
    NDR_ACTION_FIX_SENDER = 7,
    /// Secure an account or system that is being abused.
    NDR_ACTION_SECURE_ACCOUNT = 8,
    /// Ask the list that names the sender to remove it.
    NDR_ACTION_REQUEST_DELISTING = 9,
    /// Ask the recipient's side to change something.
    NDR_ACTION_ASK_RECIPIENT = 10,
    /// Let a person look into it.
    NDR_ACTION_INVESTIGATE = 11,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_action ndr_action;
#else
typedef uint8_t ndr_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Who can put it right: the "fix-it owner" of a non-delivery report.
enum ndr_party
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nobody needs to: it passes with time.
    NDR_PARTY_NOBODY = 0,
    /// The person who sent the message.
    NDR_PARTY_SENDER = 1,
    /// The administrator of the sending system or domain.
    NDR_PARTY_SENDER_ADMIN = 2,
    /// The mail service between the two.
    NDR_PARTY_SERVICE = 3,
    /// The administrator of the recipient's system or domain.
    NDR_PARTY_RECIPIENT_ADMIN = 4,
    /// The recipient.
    NDR_PARTY_RECIPIENT = 5,
    /// The owner of the group that was written to.
    NDR_PARTY_GROUP_OWNER = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_party ndr_party;
#else
typedef uint8_t ndr_party;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Where an entry of the catalogue comes from.
enum ndr_source
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The IANA registry of enhanced status codes.
    NDR_SOURCE_REGISTRY = 0,
    /// The three-digit reply codes of RFC 5321 and its extensions.
    NDR_SOURCE_REPLY = 1,
    /// Exchange Online's documentation.
    NDR_SOURCE_EXCHANGE_ONLINE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_source ndr_source;
#else
typedef uint8_t ndr_source;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Whom a remedy is for.
enum ndr_audience
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The person who sent the message.
    NDR_AUDIENCE_SENDER = 0,
    /// The owner of the group that it was sent to.
    NDR_AUDIENCE_GROUP_OWNER = 1,
    /// An administrator of the party that can put it right.
    NDR_AUDIENCE_ADMIN = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_audience ndr_audience;
#else
typedef uint8_t ndr_audience;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How permanent the answer is.
enum ndr_severity
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nothing says.
    NDR_SEVERITY_UNKNOWN = 0,
    /// It worked.
    NDR_SEVERITY_SUCCESS = 2,
    /// It may work later.
    NDR_SEVERITY_TRANSIENT = 4,
    /// It fails until something is changed.
    NDR_SEVERITY_PERMANENT = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_severity ndr_severity;
#else
typedef uint8_t ndr_severity;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a verdict rests on, strongest first.
enum ndr_evidence
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// A rule of the site's own.
    NDR_EVIDENCE_SITE_RULE = 1,
    /// Words of the provider that is known to speak, or that only this provider says.
    NDR_EVIDENCE_PROVIDER = 2,
    /// Words and code of one entry of the catalogue.
    NDR_EVIDENCE_ENTRY = 3,
    /// A wording that settles the matter.
    NDR_EVIDENCE_PHRASE = 4,
    /// A code that has an entry of its own.
    NDR_EVIDENCE_CODE = 5,
    /// A code in a range that has an entry.
    NDR_EVIDENCE_RANGE = 6,
    /// A vague wording.
    NDR_EVIDENCE_WEAK_PHRASE = 7,
    /// A single distinctive word, or the name of a block list.
    NDR_EVIDENCE_CUE = 8,
    /// Words that say what was refused, or only that it was, and not why.
    NDR_EVIDENCE_BARE = 9,
    /// Words that are said around another reply.
    NDR_EVIDENCE_WRAPPER = 10,
    /// The command that was refused.
    NDR_EVIDENCE_STAGE = 11,
    /// A code that tells the subject only.
    NDR_EVIDENCE_SUBJECT = 12,
    /// The three-digit code.
    NDR_EVIDENCE_REPLY = 13,
    /// The first digit.
    NDR_EVIDENCE_CLASS = 14,
    /// Nothing.
    NDR_EVIDENCE_NONE = 15,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_evidence ndr_evidence;
#else
typedef uint8_t ndr_evidence;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a message is.
enum ndr_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// None of the others.
    NDR_KIND_OTHER = 0,
    /// A delivery status notification with its machine-readable part (RFC 3464).
    NDR_KIND_DSN = 1,
    /// A non-delivery report of Exchange without a machine-readable part.
    NDR_KIND_EXCHANGE_NDR = 2,
    /// A bounce in words only.
    NDR_KIND_PLAIN_BOUNCE = 3,
    /// A complaint (RFC 5965).
    NDR_KIND_FEEDBACK = 4,
    /// A disposition notification, such as a read receipt (RFC 8098).
    NDR_KIND_DISPOSITION = 5,
    /// An automatic answer (RFC 3834).
    NDR_KIND_AUTO_REPLY = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_kind ndr_kind;
#else
typedef uint8_t ndr_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What is wrong with the authentication of a message.
enum ndr_problem
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The envelope sender's domain publishes no SPF record.
    NDR_PROBLEM_NO_SPF_RECORD = 1,
    /// The sending host is not among those that the envelope sender's domain allows.
    NDR_PROBLEM_SPF_FAILED = 2,
    /// The domain in From publishes no DMARC record.
    NDR_PROBLEM_NO_DMARC_RECORD = 3,
    /// The message carries no DKIM signature.
    NDR_PROBLEM_NO_DKIM_SIGNATURE = 4,
    /// A DKIM signature did not verify.
    NDR_PROBLEM_DKIM_FAILED = 5,
    /// The domains of envelope (P1) and From (P2) are not aligned.
    NDR_PROBLEM_NOT_ALIGNED = 6,
    /// SPF held where the message was sent and failed after it was forwarded.
    NDR_PROBLEM_FORWARDING_BROKE_SPF = 7,
    /// The signature held where the message was sent and failed after it was forwarded.
    NDR_PROBLEM_FORWARDING_BROKE_DKIM = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_problem ndr_problem;
#else
typedef uint8_t ndr_problem;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The point of an SMTP session at which a reply came.
enum ndr_stage
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The greeting, in answer to the connection.
    NDR_STAGE_CONNECT = 1,
    /// EHLO or HELO, STARTTLS and AUTH.
    NDR_STAGE_EHLO = 2,
    /// MAIL FROM: the envelope sender.
    NDR_STAGE_MAIL = 3,
    /// RCPT TO: one recipient.
    NDR_STAGE_RCPT = 4,
    /// DATA or BDAT, before the message.
    NDR_STAGE_DATA = 5,
    /// The message has been sent: the answer to the final dot.
    NDR_STAGE_END_OF_DATA = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_stage ndr_stage;
#else
typedef uint8_t ndr_stage;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a delivery status notification says was done (RFC 3464, section 2.3.3).
enum ndr_dsn_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Given up.
    NDR_DSN_ACTION_FAILED = 1,
    /// Still being tried.
    NDR_DSN_ACTION_DELAYED = 2,
    /// In the mailbox, or handed to a list.
    NDR_DSN_ACTION_DELIVERED = 3,
    /// Passed to a system that reports no success.
    NDR_DSN_ACTION_RELAYED = 4,
    /// Sent on to several addresses.
    NDR_DSN_ACTION_EXPANDED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ndr_dsn_action ndr_dsn_action;
#else
typedef uint8_t ndr_dsn_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// An enhanced status code such as 5.7.606 (RFC 3463). All zero: none.
typedef struct ndr_status {
    /// 2 success, 4 transient, 5 permanent; 0: there is no code. (`class` is a keyword of C++.)
    uint8_t klass;
    /// What it is about, 0 to 999.
    uint16_t subject;
    /// The finer reason, 0 to 999.
    uint16_t detail;
} ndr_status;

/// A number that matters for an entry of the catalogue, such as `retry window`, 24, `hours`. Static: never freed, never changed.
typedef struct ndr_limit {
    /// What is limited. Never NULL.
    const char *name;
    /// The unit of `value`. Never NULL.
    const char *unit;
    /// How much.
    uint32_t value;
} ndr_limit;

/// A set of status codes: those of a class whose subject and detail lie in ranges that include both ends.
typedef struct ndr_pattern {
    /// Whether there is a pattern; all else is 0 when there is none.
    bool present;
    /// 2, 4 or 5; 0: any class.
    uint8_t klass;
    /// The lowest subject.
    uint16_t subject_low;
    /// The highest subject.
    uint16_t subject_high;
    /// The lowest detail.
    uint16_t detail_low;
    /// The highest detail.
    uint16_t detail_high;
} ndr_pattern;

/// What one source says about one code, or a range of codes. Static: never freed, never changed.
///
/// No text is NULL; a text that the source does not have is empty. Programs get pointers to entries and make none themselves: later
/// versions may add fields at the end.
typedef struct ndr_entry {
    /// The code as the source writes it: `5.7.606-649`, `x.1.1`, `550`; empty for an entry of words only.
    const char *code;
    /// The words that the server says, or the name of the code.
    const char *title;
    /// What it means, in a sentence or two.
    const char *summary;
    /// Where to read more: an RFC and section, or the address of a page.
    const char *reference;
    /// Who says so: `registry`, `reply`, `exchange-online`.
    const char *source;
    /// What the parties can do about it, by `NDR_AUDIENCE_*`; `ndr_entry_remedy` looks a text up without trusting the number.
    const char *remedies[3];
    /// The numbers that matter, `limits_len` of them; NULL when there is none.
    const struct ndr_limit *limits;
    /// How many limits.
    size_t limits_len;
    /// The status codes that it is about.
    struct ndr_pattern status;
    /// The reply code that comes with it, 200 to 559; 0: the source names none.
    uint16_t reply;
    /// Why a message with this code was not delivered: `NDR_CATEGORY_*`.
    uint8_t category;
    /// What the sending system should do: `NDR_ACTION_*`.
    uint8_t action;
    /// Who can put it right: `NDR_PARTY_*`.
    uint8_t responsible;
    /// Who says so, as a number: `NDR_SOURCE_*`.
    uint8_t source_number;
} ndr_entry;

/// A mail provider or filter whose answers are known by their words. Static: never freed, never changed. No text is NULL.
typedef struct ndr_provider {
    /// The short name, as in JSON: `google`.
    const char *name;
    /// The full name.
    const char *title;
    /// Where the provider explains its answers; may be empty.
    const char *reference;
} ndr_provider;

/// A public list of addresses or domains that replies refer to. Static: never freed, never changed. No text is NULL.
typedef struct ndr_blocklist {
    /// The name of the list.
    const char *name;
    /// The page where one asks to be removed; empty when there is none.
    const char *delisting;
    /// Whether it lists addresses of hosts.
    bool lists_ips;
    /// Whether it lists domains.
    bool lists_domains;
    /// Whether it lists what links in a message point to.
    bool lists_uris;
    /// Whether the list has been given up: who still uses it gets wrong answers.
    bool closed;
} ndr_blocklist;

/// What a refusal means, who has to act and what to do.
///
/// It owns nothing and points only to static data, so it can be copied, kept and queued, and outlives the text. All zero is a verdict
/// that knows nothing.
typedef struct ndr_verdict {
    /// The entry of the catalogue that explains it; NULL: none does.
    const struct ndr_entry *entry;
    /// The provider whose words these are; NULL: not recognised.
    const struct ndr_provider *provider;
    /// The block list that the reply names; NULL: none.
    const struct ndr_blocklist *blocklist;
    /// After how many seconds to try again, as far as the reply says; 0: it does not say.
    uint32_t retry_after;
    /// The label of the site's own rule that decided; 0 as well when `has_label` is false.
    uint32_t label;
    /// The enhanced status code; class 0: none.
    struct ndr_status status;
    /// The status code of the reply that is quoted inside; class 0: none.
    struct ndr_status cause_status;
    /// The three-digit reply code, 200 to 559; 0: none.
    uint16_t reply;
    /// How permanent it is: `NDR_SEVERITY_*`.
    uint8_t severity;
    /// Why: `NDR_CATEGORY_*`.
    uint8_t category;
    /// What the sending system should do: `NDR_ACTION_*`.
    uint8_t action;
    /// Who can put it right: `NDR_PARTY_*`.
    uint8_t responsible;
    /// What decided: `NDR_EVIDENCE_*`; 0 only in a verdict that is all zero.
    uint8_t evidence;
    /// What the reply quoted inside says: `NDR_CATEGORY_*`, the cause of an expired message, for instance. Only when `has_cause`.
    uint8_t cause_category;
    /// Whether a reply is quoted inside: `cause_category` and `cause_status` are about it.
    bool has_cause;
    /// Whether the address should not be written to again. Never for a transient failure.
    bool suppress;
    /// Whether a rule of the site's own decided and `label` is its label.
    bool has_label;
    /// Whether not all was looked at: replies nested too deeply, or the text of a report with too many recipients.
    bool truncated;
} ndr_verdict;

/// Some bytes that belong to somebody else. Not NUL-terminated; any byte can occur, NUL included.
///
/// What a message does not say is `{NULL, 0}`; what it says with no bytes has a pointer that is not NULL. Whoever returns a slice
/// documents how long it is valid.
typedef struct ndr_slice {
    /// The first byte, or NULL.
    const char *ptr;
    /// How many bytes.
    size_t len;
} ndr_slice;

/// A rule of the site's own: what has to hold, and what it then gives. All zero holds always and gives nothing but its label.
///
/// Everything that is given has to hold. The bytes that the slices point to have to stay valid while the function that gets the rule
/// runs, no longer.
typedef struct ndr_rule {
    /// Holds for these status codes: `5.7.606`, `5.7.606-649`, `5.7.5xx`, `x.7.1`, `5.7.x`. No bytes: for any, and for none.
    struct ndr_slice status;
    /// Holds when the text has these words in it, in this order; letter case and what stands between words do not matter, and `…` (in
    /// UTF-8) is a gap of up to twelve words. At most 32 words; more never hold. No bytes: for any text.
    struct ndr_slice phrase;
    /// Holds when the name of the remote host ends so: `.example.com`, or `example.com` for that host and all below it. No bytes: for any
    /// host, and for none.
    struct ndr_slice host_suffix;
    /// Which of `category`, `action` and `suppress` the rule gives: `NDR_RULE_SETS_*`, combined with `|`. Other bits are invalid.
    uint32_t sets;
    /// A number of the caller's own, given back in `ndr_verdict.label` when this rule decided.
    uint32_t label;
    /// Holds for this reply code, 200 to 559. 0: for any, and for none.
    uint16_t reply;
    /// Holds for the answer to this command: `NDR_STAGE_*`. 0: to any.
    uint8_t stage;
    /// With `NDR_RULE_SETS_CATEGORY`, the category it gives: `NDR_CATEGORY_*`.
    uint8_t category;
    /// With `NDR_RULE_SETS_ACTION`, the action it gives: `NDR_ACTION_*`. Without, the usual action of the category.
    uint8_t action;
    /// With `NDR_RULE_SETS_SUPPRESS`, whether to suppress the address: 0 no, anything else yes. It counts for a transient failure too.
    uint8_t suppress;
} ndr_rule;

/// What the caller knows beside the text. Everything is optional: all zero knows nothing, so begin with `ndr_context c = {0};`, in C++
/// with `ndr_context c = {};`.
///
/// Nothing is kept: what it points to has to stay valid while the function that gets it runs, no longer.
typedef struct ndr_context {
    /// The name of the host that replied, as far as it is trusted: it tells the provider.
    struct ndr_slice remote_host;
    /// The site's own rules, `rules_len` of them, consulted first and in this order: the first that holds counts. It may be NULL when
    /// there is none.
    const struct ndr_rule *rules;
    /// How many rules, at most `NDR_MAX_RULES`.
    size_t rules_len;
    /// The Status field of a delivery status notification. It counts where the text has no code. Class 0, or any other that is not
    /// 2, 4 or 5: not known.
    struct ndr_status status;
    /// The command that was answered: `NDR_STAGE_*`. 0 or an unknown number: not known.
    uint8_t stage;
    /// The Action field of a delivery status notification: `NDR_DSN_ACTION_*`. 0 or an unknown number: not known.
    uint8_t action;
} ndr_context;

/// A message that came back, taken apart. The caller owns it, on the stack (4 KiB) or anywhere else, and has nothing to free.
///
/// In this order: `ndr_bounce_parse`; then any of the accessors, and `ndr_bounce_next` until it is false.
///
/// May be copied by assignment; the copy goes on from the same recipient. Valid as long as the message and the scratch that it was parsed from.
/// All zero, and after a parse that failed, it is a message that says nothing. One thread at a time may walk through the recipients;
/// any number may use the other accessors.
typedef struct ndr_bounce {
    /// For the library only.
    uint64_t opaque[512];
} ndr_bounce;

/// A value with a type before it: `rfc822; user@example.com`, `dns; mx.example.com`, `smtp; 550 no` (RFC 3464, section 2.1.2).
/// Both slices are `{NULL, 0}` when the field is not there.
typedef struct ndr_typed {
    /// The type as it came; no bytes when there is none. Compare it without letter case.
    struct ndr_slice kind;
    /// The value without blanks around it; line breaks of folding are still inside.
    struct ndr_slice value;
} ndr_typed;

/// A place in a header, from which `ndr_fields_next` goes on. All zero has no fields.
///
/// May be copied; the copy goes on from the same place. Valid as long as the message and the scratch it comes from.
typedef struct ndr_fields {
    /// For the library only.
    uint64_t opaque[4];
} ndr_fields;

/// A point in time.
typedef struct ndr_date {
    /// Seconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
    int64_t unix_time;
    /// Minutes that the clock it was read from was ahead of UTC.
    int16_t offset_minutes;
    /// Whether there is a date; all else is 0 when there is none or it is not understood.
    bool present;
} ndr_date;

/// What Exchange writes for administrators about one recipient. What is not said is `{NULL, 0}`.
typedef struct ndr_exchange {
    /// The server that made the report.
    struct ndr_slice generating_server;
    /// The server that refused the message; not said when the generating server did.
    struct ndr_slice remote_server;
    /// The component that failed: `RESOLVER.ADR.RecipientNotFound`.
    struct ndr_slice component;
    /// `[Message=…]`: what went wrong underneath.
    struct ndr_slice message;
    /// `[LastAttemptedServerName=…]`, or `{FQDN=…}` in the form of message tracking.
    struct ndr_slice last_attempted_server;
    /// `[LastAttemptedIP=…]`, or `{IP=…}`; with the port when there is one.
    struct ndr_slice last_attempted_ip;
    /// `[Stage: …]`: where in the store's delivery it failed.
    struct ndr_slice stage;
    /// The number of `(AS1234)`: which rule of the filters refused.
    struct ndr_slice as_code;
    /// The server named in the last brackets.
    struct ndr_slice server;
    /// The time in the last brackets, or `{LRT=…}`.
    struct ndr_date time;
} ndr_exchange;

/// What had to be repaired to read a recipient's fields.
typedef struct ndr_repairs {
    /// Action is missing or no word that RFC 3464 has; it was inferred from the class of the status.
    bool action_inferred;
    /// Status is missing, empty or no code; the code in the diagnostic counts.
    bool status_missing;
    /// Status was generic (`5.0.0`) and a finer code stands in the diagnostic or the text.
    bool status_refined;
    /// The recipient has no type, or brackets around it.
    bool address_untyped;
    /// The diagnostic comes from the text for people.
    bool diagnostic_from_text;
} ndr_repairs;

/// One recipient of a bounce. Its slices point into the message and the scratch, and are valid as long as those; the verdict for ever.
typedef struct ndr_recipient {
    /// What it means.
    struct ndr_verdict verdict;
    /// The address that the message was not delivered to, as it stands in the report, without type, brackets and comments.
    struct ndr_slice address;
    /// Final-Recipient with its type; for a report without fields the type has no bytes.
    struct ndr_typed final_recipient;
    /// Original-Recipient: the address that the sender wrote to, before aliases and forwarding.
    struct ndr_typed original_recipient;
    /// Remote-MTA: who gave the diagnostic.
    struct ndr_typed remote_mta;
    /// Diagnostic-Code; without one, what the text for people says about this recipient, and the type has no bytes.
    struct ndr_typed diagnostic;
    /// Final-Log-ID.
    struct ndr_slice final_log_id;
    /// The host that refused the message, as far as the report tells: its operator has to act when the verdict makes the
    /// recipient's side responsible.
    struct ndr_slice rejected_by;
    /// All fields of the recipient's group, extension fields included; none for a report without fields.
    struct ndr_fields fields;
    /// What Exchange says for administrators; all zero unless `has_exchange`.
    struct ndr_exchange exchange;
    /// Last-Attempt-Date.
    struct ndr_date last_attempt_date;
    /// Will-Retry-Until: until when a delayed message is tried.
    struct ndr_date will_retry_until;
    /// What was repaired.
    struct ndr_repairs repairs;
    /// What was done: `NDR_DSN_ACTION_*`; 0: the report does not tell.
    uint8_t action;
    /// Whether Exchange says something for administrators.
    bool has_exchange;
} ndr_recipient;

/// One field of a header or of delivery-status.
typedef struct ndr_field {
    /// The name, without the colon and blanks around it.
    struct ndr_slice name;
    /// The value without blanks around it; line breaks of folding are still inside.
    struct ndr_slice value;
} ndr_field;

/// What is wrong with the authentication of a message, and where.
typedef struct ndr_finding {
    /// The domain that has to be mended, as it stands in the header; no bytes when it is not told.
    struct ndr_slice domain;
    /// What is wrong: `NDR_PROBLEM_*`.
    uint8_t problem;
} ndr_finding;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// The version of the binary interface that the library has.
///
/// A program that loads the library at run time compares it with the `NDR_ABI_VERSION` it was compiled with; they have to be equal.
///
/// Returns: `NDR_ABI_VERSION` as it was when the library was built.
/// Memory and lifetimes: gives a number only.
uint32_t ndr_abi_version(void);

/// The version of the library, as `NDR_VERSION` was when it was built: `0.1.0`.
///
/// Returns: the version; never NULL.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_version(void);

/// The version of the catalogue's data: the date of its last change, `2026-11-30`.
///
/// Returns: the date; never NULL.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_catalog_version(void);

/// Parses a status code strictly: the whole of `text`, nothing around it, no leading zeros (RFC 3463, section 2).
///
/// Parameters: `text` is `len` bytes, not NUL-terminated; it may be NULL when `len` is 0. `out` gets the code.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NO_STATUS` when it is no code; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`. On failure
/// `out` is all zero.
/// Memory and lifetimes: nothing is kept.
///
/// The caller promises:
/// Unless they are NULL, `text` points to `len` bytes and `out` to a place for the code.
ndr_result ndr_status_parse(const char *text,
                            size_t len,
                            struct ndr_status *out);

/// Prints a status code: `5.7.606`.
///
/// Parameters: `status` is the code. `out` has room for `cap` bytes, the NUL included; `NDR_STATUS_SIZE` is always enough. It may be
/// NULL when `cap` is 0.
/// Returns: the length of the code without the NUL; 0 when `status` is none. As `snprintf` does it tells the length even when the room
/// does not suffice; but then `out` gets an empty text, as half a code would be another code.
/// Memory and lifetimes: nothing is kept.
///
/// The caller promises:
/// Unless it is NULL, `out` has room for `cap` bytes.
size_t ndr_status_format(struct ndr_status status,
                         char *out,
                         size_t cap);

/// Says what `text` means: a reply of one line or several, a line of a log, a Diagnostic-Code, a sentence. No text is an error.
///
/// Parameters: `text` is `len` bytes, not NUL-terminated, in any encoding; it may be NULL when `len` is 0. `out` gets the verdict.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`. On failure `out` is all zero.
/// Memory and lifetimes: nothing is kept; the verdict outlives the text.
///
/// The caller promises:
/// Unless they are NULL, `text` points to `len` bytes and `out` to a place for the verdict.
ndr_result ndr_classify(const char *text,
                        size_t len,
                        struct ndr_verdict *out);

/// The same, with what the caller knows beside the text.
///
/// Parameters: `context` may be NULL, which knows nothing. `text` is `len` bytes, not NUL-terminated; it may be NULL when `len` is 0.
/// `out` gets the verdict.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NULL_POINTER`; `NDR_RESULT_TOO_LONG`; `NDR_RESULT_TOO_MANY_RULES`; `NDR_RESULT_INVALID_RULE`.
/// On failure `out` is all zero.
/// Memory and lifetimes: nothing is kept; the verdict outlives text and context.
///
/// The caller promises:
/// Unless they are NULL, `context` and what it points to can be read, `text` points to `len` bytes and `out` to a place for
/// the verdict.
ndr_result ndr_classify_with(const struct ndr_context *context,
                             const char *text,
                             size_t len,
                             struct ndr_verdict *out);

/// Prints a verdict in one line for a log: `550 5.1.1 permanent UnknownRecipient: suppress, by sender (phrase)`.
///
/// Parameters: `verdict` may be NULL, which prints nothing. `out` has room for `cap` bytes, the NUL included; it may be NULL when `cap`
/// is 0.
/// Returns: the length of the line without the NUL, even when the room does not suffice; then `out` gets an empty text. 256 bytes
/// are enough for any verdict.
/// Memory and lifetimes: nothing is kept. Numbers that are unknown print as if nothing were known.
///
/// The caller promises:
/// Unless they are NULL, `verdict` can be read and `out` has room for `cap` bytes.
size_t ndr_verdict_format(const struct ndr_verdict *verdict,
                          char *out,
                          size_t cap);

/// Looks up the entries that are about a status code, most specific first: exact ones of a provider, its ranges from narrow to wide,
/// the registry's row, the row of the subject, the class. Words choose among entries of one code: see `ndr_verdict.entry`.
///
/// Parameters: `status` is the code. `out` gets the first `cap` of the entries; it may be NULL when `cap` is 0.
/// Returns: how many entries there are, which may be more than `cap`; at least 1 for any code, 0 when `status` is none. No bound holds for
/// later catalogues, so ask with `cap` 0 first where all are needed; one is enough for what the code most likely means.
/// Memory and lifetimes: the entries are static; never freed, never changed.
///
/// The caller promises:
/// Unless it is NULL, `out` has room for `cap` pointers.
size_t ndr_lookup(struct ndr_status status,
                  const struct ndr_entry **out,
                  size_t cap);

/// Looks up the entry of a three-digit reply code.
///
/// Parameters: `reply` is the code, 200 to 559, or any number.
/// Returns: the entry; NULL when there is none.
/// Memory and lifetimes: static; never freed, never changed.
const struct ndr_entry *ndr_lookup_reply(uint16_t reply);

/// Walks through the catalogue: all entries, from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the entry; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
const struct ndr_entry *ndr_entry_at(size_t index);

/// What one audience can do about an entry.
///
/// Parameters: `entry` comes from this library, or is NULL. `audience` is `NDR_AUDIENCE_*`, or any number.
/// Returns: the text, empty when that audience can do nothing; NULL for an unknown number, and for an entry that is not the library's.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_entry_remedy(const struct ndr_entry *entry,
                             uint8_t audience);

/// Walks through the providers that are recognised: from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the provider; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
const struct ndr_provider *ndr_provider_at(size_t index);

/// Walks through the block lists that are recognised: from 0 until NULL.
///
/// Parameters: `index` is any number.
/// Returns: the block list; NULL behind the last.
/// Memory and lifetimes: static; never freed, never changed.
const struct ndr_blocklist *ndr_blocklist_at(size_t index);

/// Takes a message apart: raw bytes, header first, as they came, lines ended by CRLF or LF, with or without the `From ` line of a
/// mailbox. What is damaged or cut off is read as far as it goes.
///
/// Parameters: `msg` is the message, `len` bytes; it may be NULL when `len` is 0. What has to be decoded is written into `scratch`,
/// `scratch_len` bytes, for which `len` is always enough; most messages need none or a little. Text in a charset other than UTF-8 (ISO-2022-JP,
/// windows-1251, GBK …) becomes UTF-8 as well where there is room for it: four times `len` always is. `scratch` may be NULL when
/// `scratch_len` is 0, and must not lie over the message. `out` gets the bounce.
/// Returns: `NDR_RESULT_OK`, also for a message that is no bounce; `NDR_RESULT_SCRATCH_TOO_SMALL`; `NDR_RESULT_NULL_POINTER`;
/// `NDR_RESULT_TOO_LONG`; `NDR_RESULT_OVERLAP`. On failure `out` is a message that says nothing, and the scratch may have been written
/// to, the message not: after `NDR_RESULT_SCRATCH_TOO_SMALL` call again with a larger one.
/// Memory and lifetimes: `out`, and all slices that come from it, point into `msg` and `scratch`. Both have to stay as they are while
/// those are used. Nothing has to be freed.
///
/// The caller promises:
/// Unless they are NULL, `msg` points to `len` bytes, `scratch` to `scratch_len` bytes that nobody else uses, and `out` to a place for
/// the bounce.
ndr_result ndr_bounce_parse(const char *msg,
                            size_t len,
                            char *scratch,
                            size_t scratch_len,
                            struct ndr_bounce *out);

/// What kind of message it is.
///
/// Parameters: `bounce` may be NULL.
/// Returns: `NDR_KIND_*`; `NDR_KIND_OTHER` for NULL.
/// Memory and lifetimes: gives a number only.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
uint8_t ndr_bounce_kind(const struct ndr_bounce *bounce);

/// Whether a bound was reached, so that some of the message was not looked at: multiparts nested too deeply, too many recipients in a
/// report without a machine-readable part.
///
/// Parameters: `bounce` may be NULL.
/// Returns: whether something was not looked at; false for NULL.
/// Memory and lifetimes: gives a number only.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
bool ndr_bounce_is_truncated(const struct ndr_bounce *bounce);

/// Gets the next recipient, with its verdict. `while (ndr_bounce_next(&bounce, &recipient)) …` walks through all. With a site's own
/// rules it is `ndr_bounce_next_with`.
///
/// Parameters: `bounce` may be NULL. `out` gets the recipient; it may be NULL, to pass over one.
/// Returns: true when there was one; false when there is no more, and for NULL. Then `out` is all zero.
/// Memory and lifetimes: the recipient's slices point into the message and the scratch, and are valid as long as those. It does not
/// need the bounce any more.
///
/// The caller promises:
/// Unless they are NULL, `bounce` is used by nobody else and `out` is a place for a recipient.
bool ndr_bounce_next(struct ndr_bounce *bounce,
                     struct ndr_recipient *out);

/// The same, judged with what the caller knows beside the message: the site's own rules, and the command that was answered. Host, status
/// and action are those of the report, whatever the context says.
///
/// Parameters: `context` may be NULL, which knows nothing; it may be another one for each recipient. `bounce` may be NULL. `out` gets the
/// recipient.
/// Returns: `NDR_RESULT_OK`; `NDR_RESULT_NO_MORE` when there is no more recipient, and for NULL; `NDR_RESULT_NULL_POINTER`;
/// `NDR_RESULT_TOO_LONG`; `NDR_RESULT_TOO_MANY_RULES`; `NDR_RESULT_INVALID_RULE`. On failure `out` is all zero, and no recipient is
/// passed over.
/// Memory and lifetimes: as for `ndr_bounce_next`; of the context nothing is kept.
///
/// The caller promises:
/// Unless they are NULL, `context` and what it points to can be read, `bounce` is used by nobody else and `out` is a place for a
/// recipient.
ndr_result ndr_bounce_next_with(const struct ndr_context *context,
                                struct ndr_bounce *bounce,
                                struct ndr_recipient *out);

/// Goes back to the first recipient.
///
/// Parameters: `bounce` may be NULL.
/// Memory and lifetimes: recipients that were got before stay valid.
///
/// The caller promises:
/// Unless it is NULL, `bounce` is used by nobody else.
void ndr_bounce_rewind(struct ndr_bounce *bounce);

/// Prints the address of a recipient with its encoding resolved: `\x{F6}` of type `utf-8` becomes `ö` (RFC 6533). Control characters
/// and what is no UTF-8 are escaped, so that the text can go to a log.
///
/// Parameters: `address` is `final_recipient` or `original_recipient` of a recipient. `out` has room for `cap` bytes, the NUL included;
/// it may be NULL when `cap` is 0.
/// Returns: the length of the text without the NUL, even when the room does not suffice; then `out` gets an empty text.
/// Memory and lifetimes: nothing is kept.
///
/// The caller promises:
/// What `address` points to can be read; unless it is NULL, `out` has room for `cap` bytes.
size_t ndr_address_format(struct ndr_typed address,
                          char *out,
                          size_t cap);

/// What the report says to a person: decoded, HTML as text, without the copy of the original message.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the text; `{NULL, 0}` for NULL.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_slice ndr_bounce_text(const struct ndr_bounce *bounce);

/// The value of a field of the report's own header, still folded: the first of this name.
///
/// Parameters: `bounce` may be NULL. `name` is NUL-terminated, in any letter case, without the colon; it may be NULL.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message.
///
/// The caller promises:
/// Unless they are NULL, `bounce` can be read and `name` is NUL-terminated.
struct ndr_slice ndr_bounce_header(const struct ndr_bounce *bounce, const char *name);

/// The value of a field of the original message's header, still folded, as far as the report returns it: the first of this name.
///
/// Parameters: `bounce` may be NULL. `name` is NUL-terminated, in any letter case, without the colon; it may be NULL.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless they are NULL, `bounce` can be read and `name` is NUL-terminated.
struct ndr_slice ndr_bounce_original_header(const struct ndr_bounce *bounce, const char *name);

/// All fields of the original message's header, for `ndr_fields_next` and `ndr_fields_find`.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the fields; none for NULL.
/// Memory and lifetimes: valid as long as the message and the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_fields ndr_bounce_original_fields(const struct ndr_bounce *bounce);

/// The fields of delivery-status that are about the message, extension fields included, for `ndr_fields_next` and `ndr_fields_find`.
/// Those about one recipient are in `ndr_recipient.fields`.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the fields; none for NULL.
/// Memory and lifetimes: valid as long as the message and the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_fields ndr_bounce_message_fields(const struct ndr_bounce *bounce);

/// Gets the next field. `while (ndr_fields_next(&fields, &field)) …` walks through all.
///
/// Parameters: `fields` may be NULL. `out` gets the field; it may be NULL, to pass over one.
/// Returns: true when there was one; false when there is no more, and for NULL. Then `out` is all zero.
/// Memory and lifetimes: the field points into the message or the scratch, and is valid as long as those.
///
/// The caller promises:
/// Unless they are NULL, `fields` is used by nobody else and `out` is a place for a field.
bool ndr_fields_next(struct ndr_fields *fields, struct ndr_field *out);

/// The value of a field, still folded: the next of this name. The place in `fields` stays as it is.
///
/// Parameters: `fields` may be NULL. `name` is `name_len` bytes, in any letter case, without the colon; it may be NULL when `name_len` is
/// 0.
/// Returns: the value; `{NULL, 0}` when there is no such field.
/// Memory and lifetimes: points into the message or the scratch, and is valid as long as those.
///
/// The caller promises:
/// Unless they are NULL, `fields` can be read and `name` points to `name_len` bytes.
struct ndr_slice ndr_fields_find(const struct ndr_fields *fields,
                                 const char *name,
                                 size_t name_len);

/// Original-Envelope-Id (RFC 3464, section 2.2.1).
///
/// Parameters: `bounce` may be NULL.
/// Returns: the value; `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_slice ndr_bounce_original_envelope_id(const struct ndr_bounce *bounce);

/// Reporting-MTA (RFC 3464, section 2.2.2): who tried to deliver.
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_typed ndr_bounce_reporting_mta(const struct ndr_bounce *bounce);

/// DSN-Gateway (RFC 3464, section 2.2.3).
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_typed ndr_bounce_dsn_gateway(const struct ndr_bounce *bounce);

/// Received-From-MTA (RFC 3464, section 2.2.4): the previous hop.
///
/// Parameters: `bounce` may be NULL.
/// Returns: type and value; both `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_typed ndr_bounce_received_from_mta(const struct ndr_bounce *bounce);

/// Arrival-Date (RFC 3464, section 2.2.5): when the reporting server got the message.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the date; not present when there is none, or it is no date.
/// Memory and lifetimes: gives numbers only.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_date ndr_bounce_arrival_date(const struct ndr_bounce *bounce);

/// The identifier of the mailing list that the original message went through: what stands in brackets in List-Id.
///
/// Parameters: `bounce` may be NULL.
/// Returns: the identifier; `{NULL, 0}` when there is none.
/// Memory and lifetimes: points into the message or the scratch.
///
/// The caller promises:
/// Unless it is NULL, `bounce` can be read.
struct ndr_slice ndr_bounce_list_id(const struct ndr_bounce *bounce);

/// What the original header tells about the authentication of the message: what is wrong, and whose domain has to be mended.
///
/// Parameters: `bounce` may be NULL. `out` gets the first `cap` of the findings; `NDR_MAX_FINDINGS` is always enough. It may be NULL when
/// `cap` is 0.
/// Returns: how many findings there are, which may be more than `cap`; 0 for NULL. 0 is no proof that all is well: many reports return
/// no header, or one from before anybody checked.
/// Memory and lifetimes: the domains point into the message or the scratch.
///
/// The caller promises:
/// Unless they are NULL, `bounce` can be read and `out` has room for `cap` findings.
size_t ndr_bounce_authentication(const struct ndr_bounce *bounce,
                                 struct ndr_finding *out,
                                 size_t cap);

/// The name of a category, as in JSON: `UnknownRecipient`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_name(uint8_t category);

/// What a category says, in a sentence.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the sentence, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_summary(uint8_t category);

/// Whether a permanent failure of this category means that the address should not be written to again.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: true for such a category; false for others and unknown numbers.
/// Memory and lifetimes: takes and gives numbers only.
bool ndr_category_suppresses(uint8_t category);

/// The nearest reason of Sisimai, in lower case as it prints it: `userunknown`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_as_sisimai(uint8_t category);

/// The nearest of KumoMTA's predefined bounce classes: `InvalidRecipient`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_as_kumomta(uint8_t category);

/// The nearest of PowerMTA's bounce categories: `bad-mailbox`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_as_powermta(uint8_t category);

/// The nearest bounce type and subtype of Amazon SES, with a slash between them: `Permanent/NoEmail`.
///
/// Parameters: `category` is `NDR_CATEGORY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_category_as_ses(uint8_t category);

/// The name of an action, as in JSON: `suppress`.
///
/// Parameters: `action` is `NDR_ACTION_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_action_name(uint8_t action);

/// The name of a party, as in JSON: `sender-admin`.
///
/// Parameters: `party` is `NDR_PARTY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_party_name(uint8_t party);

/// The name of a severity, as in JSON: `permanent`.
///
/// Parameters: `severity` is `NDR_SEVERITY_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_severity_name(uint8_t severity);

/// The name of an evidence, as in JSON: `phrase`.
///
/// Parameters: `evidence` is `NDR_EVIDENCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: a verdict that is all zero has it.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_evidence_name(uint8_t evidence);

/// The name of a kind of message, as in JSON: `dsn`.
///
/// Parameters: `kind` is `NDR_KIND_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_kind_name(uint8_t kind);

/// Whether a message of this kind tells of a message that was not delivered, or not yet, or (a DSN) that was.
///
/// Parameters: `kind` is `NDR_KIND_*`, or any number.
/// Returns: true for `NDR_KIND_DSN`, `NDR_KIND_EXCHANGE_NDR` and `NDR_KIND_PLAIN_BOUNCE`; false for others and unknown numbers.
/// Memory and lifetimes: takes and gives numbers only.
bool ndr_kind_is_bounce(uint8_t kind);

/// The name of a stage of an SMTP session, as in JSON: `rcpt`.
///
/// Parameters: `stage` is `NDR_STAGE_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: it says that the command is not known.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_stage_name(uint8_t stage);

/// The name of what a delivery status notification says was done, as in its Action field: `failed`.
///
/// Parameters: `action` is `NDR_DSN_ACTION_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: it says that the report does not tell.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_dsn_action_name(uint8_t action);

/// The name of a problem with authentication, as in JSON: `no-spf-record`.
///
/// Parameters: `problem` is `NDR_PROBLEM_*`, or any number.
/// Returns: the name, or NULL for an unknown number, 0 among them: no finding has it.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_problem_name(uint8_t problem);

/// What to do about a problem with authentication, in a sentence.
///
/// Parameters: `problem` is `NDR_PROBLEM_*`, or any number.
/// Returns: the sentence, or NULL for an unknown number, 0 among them: no finding has it.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_problem_advice(uint8_t problem);

/// The name of an audience, as in JSON: `group-owner`.
///
/// Parameters: `audience` is `NDR_AUDIENCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_audience_name(uint8_t audience);

/// The name of a source of entries, as in JSON: `exchange-online`.
///
/// Parameters: `source` is `NDR_SOURCE_*`, or any number.
/// Returns: the name, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_source_name(uint8_t source);

/// What a result means, in a few words for a log.
///
/// Parameters: `result` is what a function returned, or any number.
/// Returns: the words, or NULL for an unknown number.
/// Memory and lifetimes: static; never freed, never changed.
const char *ndr_result_message(uint32_t result);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NONDELIVERY_H */
