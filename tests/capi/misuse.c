/* Every function with NULL, with nothing, with lengths and numbers that make no sense, with rubbish in every struct. It uses neither
 * heap nor stdio, so that every allocation that valgrind counts would be the library's. Exits with the line of the first failure. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nondelivery.h"

#define CHECK(condition)             \
    do {                             \
        if (!(condition)) {          \
            return __LINE__ % 255 + 1; \
        }                            \
    } while (0)

#define HUGE ((size_t)-1)

static const char reply[] = "550 5.1.1 User unknown";

/* A report whose machine-readable part has to be decoded, for which two recipients and a scratch are needed. */
static const char message[] =
    "From: MAILER-DAEMON@mx.example.com\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "Reporting-MTA: dns; mx.example.com\r\nArrival-Date: Sun, 22 Nov 2026 05:00:00 +0000\r\n\r\n"
    "Final-Recipient: rfc822; kim=40example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No =\r\n"
    "such user\r\n\r\nFinal-Recipient: rfc822; lee@example.net\r\nAction: delayed\r\nStatus: 4.2.2\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: a@example.com\r\nSubject: Hello\r\n--b--\r\n";

static int is_zero(const void *object, size_t size) {
    const unsigned char *bytes = (const unsigned char *)object;
    while (size > 0) {
        if (bytes[--size] != 0) {
            return 0;
        }
    }
    return 1;
}

static int is_none(ndr_slice slice) {
    return slice.ptr == NULL && slice.len == 0;
}

static int versions(void) {
    CHECK(ndr_abi_version() == NDR_ABI_VERSION);
    CHECK(strcmp(ndr_version(), NDR_VERSION) == 0);
    CHECK(strlen(ndr_catalog_version()) == 10);
    return 0;
}

static int statuses(void) {
    ndr_status status, none;
    char text[NDR_STATUS_SIZE];
    memset(&none, 0, sizeof none);
    CHECK(ndr_status_parse("5.7.606", 7, &status) == NDR_RESULT_OK);
    CHECK(status.klass == 5 && status.subject == 7 && status.detail == 606);
    CHECK(ndr_status_parse("5.7.606", 7, NULL) == NDR_RESULT_NULL_POINTER);
    CHECK(ndr_status_parse(NULL, 7, &status) == NDR_RESULT_NULL_POINTER && status.klass == 0);
    CHECK(ndr_status_parse(NULL, 0, &status) == NDR_RESULT_NO_STATUS && status.klass == 0);
    CHECK(ndr_status_parse("5.7.606", 0, &status) == NDR_RESULT_NO_STATUS && status.klass == 0);
    CHECK(ndr_status_parse("5.7.606", HUGE, &status) == NDR_RESULT_TOO_LONG && status.klass == 0);
    CHECK(ndr_status_parse("5.7.606 ", 8, &status) == NDR_RESULT_NO_STATUS);

    status.klass = 5, status.subject = 999, status.detail = 999;
    CHECK(ndr_status_format(status, text, sizeof text) == 9 && strcmp(text, "5.999.999") == 0);
    text[0] = 'x';
    CHECK(ndr_status_format(status, text, 9) == 9 && text[0] == '\0');
    CHECK(ndr_status_format(status, text, 1) == 9 && text[0] == '\0');
    text[0] = 'x';
    CHECK(ndr_status_format(status, text, 0) == 9 && text[0] == 'x');
    CHECK(ndr_status_format(status, NULL, 0) == 9);
    CHECK(ndr_status_format(status, NULL, 10) == 9);
    CHECK(ndr_status_format(none, text, sizeof text) == 0 && text[0] == '\0');
    CHECK(ndr_status_format(none, NULL, 0) == 0);
    status.detail = 1000;
    CHECK(ndr_status_format(status, text, sizeof text) == 0 && text[0] == '\0');
    status.klass = 255, status.detail = 1;
    CHECK(ndr_status_format(status, text, sizeof text) == 0);
    return 0;
}

static int classification(void) {
    ndr_verdict verdict, rubbish;
    ndr_context context;
    ndr_rule rules[NDR_MAX_RULES + 1];
    char line[256];
    CHECK(ndr_classify(reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK);
    CHECK(verdict.category == NDR_CATEGORY_UNKNOWN_RECIPIENT && verdict.reply == 550 && verdict.status.klass == 5);
    CHECK(ndr_classify(reply, sizeof reply - 1, NULL) == NDR_RESULT_NULL_POINTER);
    CHECK(ndr_classify(NULL, 1, &verdict) == NDR_RESULT_NULL_POINTER && is_zero(&verdict, sizeof verdict));
    CHECK(ndr_classify(reply, HUGE, &verdict) == NDR_RESULT_TOO_LONG && is_zero(&verdict, sizeof verdict));
    CHECK(ndr_classify(NULL, 0, &verdict) == NDR_RESULT_OK && verdict.severity == NDR_SEVERITY_UNKNOWN);
    CHECK(ndr_classify(reply, 0, &verdict) == NDR_RESULT_OK && verdict.reply == 0 && verdict.entry == NULL);
    CHECK(ndr_classify(NULL, 0, NULL) == NDR_RESULT_NULL_POINTER);

    memset(&context, 0, sizeof context);
    CHECK(ndr_classify_with(NULL, reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK && verdict.reply == 550);
    CHECK(ndr_classify_with(&context, reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK && verdict.reply == 550);
    CHECK(ndr_classify_with(&context, NULL, 0, &verdict) == NDR_RESULT_OK);
    CHECK(ndr_classify_with(&context, NULL, 1, &verdict) == NDR_RESULT_NULL_POINTER && is_zero(&verdict, sizeof verdict));
    CHECK(ndr_classify_with(&context, reply, HUGE, &verdict) == NDR_RESULT_TOO_LONG);
    CHECK(ndr_classify_with(&context, reply, 3, NULL) == NDR_RESULT_NULL_POINTER);
    context.stage = 255, context.action = 255, context.status.klass = 9, context.status.detail = 65535;
    CHECK(ndr_classify_with(&context, reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK && verdict.status.klass == 5);
    context.remote_host.len = 5;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_NULL_POINTER);
    context.remote_host.ptr = reply, context.remote_host.len = HUGE;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_TOO_LONG);

    memset(&context, 0, sizeof context);
    memset(rules, 0, sizeof rules);
    context.rules_len = 1;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_NULL_POINTER);
    context.rules = rules, context.rules_len = 0;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_OK && !verdict.has_label);
    context.rules_len = NDR_MAX_RULES + 1;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_TOO_MANY_RULES && is_zero(&verdict, sizeof verdict));
    context.rules_len = HUGE;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_TOO_MANY_RULES);
    context.rules_len = NDR_MAX_RULES;
    rules[0].reply = 421;
    rules[1].label = 7, rules[1].sets = NDR_RULE_SETS_CATEGORY, rules[1].category = NDR_CATEGORY_EXPIRED;
    CHECK(ndr_classify_with(&context, reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK);
    CHECK(verdict.category == NDR_CATEGORY_EXPIRED && verdict.has_label && verdict.label == 7);
    CHECK(verdict.evidence == NDR_EVIDENCE_SITE_RULE);
    rules[0].reply = 199;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE && is_zero(&verdict, sizeof verdict));
    rules[0].reply = 0, rules[0].stage = 7;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE);
    rules[0].stage = 0, rules[0].sets = 8;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE);
    rules[0].sets = NDR_RULE_SETS_CATEGORY, rules[0].category = 255;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE);
    rules[0].sets = NDR_RULE_SETS_ACTION, rules[0].action = 255;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE);
    rules[0].sets = 0, rules[0].status.ptr = "5.7", rules[0].status.len = 3;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_INVALID_RULE);
    rules[0].status.ptr = NULL;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_NULL_POINTER);
    rules[0].status.len = 0, rules[0].phrase.len = 1;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_NULL_POINTER);
    rules[0].phrase.len = 0, rules[0].host_suffix.ptr = reply, rules[0].host_suffix.len = HUGE;
    CHECK(ndr_classify_with(&context, reply, 3, &verdict) == NDR_RESULT_TOO_LONG);

    CHECK(ndr_classify(reply, sizeof reply - 1, &verdict) == NDR_RESULT_OK);
    CHECK(ndr_verdict_format(&verdict, line, sizeof line) == strlen(line) && strncmp(line, "550 5.1.1 ", 10) == 0);
    CHECK(ndr_verdict_format(&verdict, NULL, 0) == strlen(line));
    CHECK(ndr_verdict_format(&verdict, line, strlen(line)) > 0 && line[0] == '\0');
    CHECK(ndr_verdict_format(NULL, line, sizeof line) == 0 && line[0] == '\0');
    CHECK(ndr_verdict_format(NULL, NULL, 0) == 0);
    memset(&rubbish, 0xff, sizeof rubbish);
    CHECK(ndr_verdict_format(&rubbish, line, sizeof line) == strlen(line) && line[0] != '\0');
    memset(&rubbish, 0, sizeof rubbish);
    CHECK(ndr_verdict_format(&rubbish, line, sizeof line) == strlen(line) && line[0] != '\0');
    return 0;
}

static int catalogue(void) {
    const ndr_entry *found[32], *entry;
    ndr_entry own;
    ndr_status status;
    size_t count, at;
    unsigned number;
    CHECK(ndr_status_parse("5.7.606", 7, &status) == NDR_RESULT_OK);
    count = ndr_lookup(status, found, 32);
    CHECK(count > 1 && count <= 32 && strcmp(found[0]->code, "5.7.606-649") == 0);
    CHECK(ndr_lookup(status, NULL, 0) == count && ndr_lookup(status, NULL, 32) == count);
    found[1] = NULL;
    CHECK(ndr_lookup(status, found, 1) == count && found[1] == NULL);
    memset(&status, 0, sizeof status);
    CHECK(ndr_lookup(status, found, 32) == 0);
    memset(&status, 0xff, sizeof status);
    CHECK(ndr_lookup(status, found, 32) == 0);
    for (at = 0; (entry = ndr_entry_at(at)) != NULL; at++) {
        CHECK(entry->code != NULL && entry->title != NULL && entry->summary[0] != '\0' && entry->reference != NULL);
        CHECK(entry->source[0] != '\0' && (entry->limits_len == 0) == (entry->limits == NULL));
        CHECK(ndr_entry_remedy(entry, NDR_AUDIENCE_ADMIN) == entry->remedies[NDR_AUDIENCE_ADMIN]);
        CHECK(ndr_entry_remedy(entry, 3) == NULL && ndr_entry_remedy(entry, 255) == NULL);
    }
    CHECK(at > 200 && ndr_entry_at(at + 1) == NULL && ndr_entry_at(HUGE) == NULL);
    own = *ndr_entry_at(0);
    CHECK(ndr_entry_remedy(&own, 0) == NULL && ndr_entry_remedy(NULL, 0) == NULL);
    CHECK(ndr_provider_at(0) != NULL && ndr_provider_at(100000) == NULL && ndr_provider_at(HUGE) == NULL);
    CHECK(ndr_blocklist_at(0) != NULL && ndr_blocklist_at(100000) == NULL && ndr_blocklist_at(HUGE) == NULL);
    for (number = 0; number <= 65535; number++) {
        entry = ndr_lookup_reply((uint16_t)number);
        CHECK(entry == NULL || (number >= 200 && number < 560));
    }
    CHECK(ndr_lookup_reply(550) != NULL);
    return 0;
}

static int numbers(void) {
    CHECK(ndr_category_name(255) == NULL && strcmp(ndr_category_name(NDR_CATEGORY_UNKNOWN_RECIPIENT), "UnknownRecipient") == 0);
    CHECK(ndr_category_summary(255) == NULL && ndr_category_summary(0) != NULL);
    CHECK(ndr_category_as_sisimai(255) == NULL && ndr_category_as_sisimai(1) != NULL);
    CHECK(ndr_category_as_kumomta(255) == NULL && ndr_category_as_kumomta(1) != NULL);
    CHECK(ndr_category_as_powermta(255) == NULL && ndr_category_as_powermta(1) != NULL);
    CHECK(ndr_category_as_ses(255) == NULL && ndr_category_as_ses(1) != NULL);
    CHECK(!ndr_category_suppresses(255) && ndr_category_suppresses(NDR_CATEGORY_UNKNOWN_RECIPIENT));
    CHECK(ndr_action_name(255) == NULL && strcmp(ndr_action_name(NDR_ACTION_SUPPRESS), "suppress") == 0);
    CHECK(ndr_party_name(255) == NULL && strcmp(ndr_party_name(NDR_PARTY_SENDER_ADMIN), "sender-admin") == 0);
    CHECK(ndr_severity_name(1) == NULL && strcmp(ndr_severity_name(NDR_SEVERITY_PERMANENT), "permanent") == 0);
    CHECK(ndr_evidence_name(0) == NULL && strcmp(ndr_evidence_name(NDR_EVIDENCE_PHRASE), "phrase") == 0);
    CHECK(ndr_kind_name(255) == NULL && strcmp(ndr_kind_name(NDR_KIND_DSN), "dsn") == 0);
    CHECK(!ndr_kind_is_bounce(255) && ndr_kind_is_bounce(NDR_KIND_PLAIN_BOUNCE) && !ndr_kind_is_bounce(NDR_KIND_AUTO_REPLY));
    CHECK(ndr_stage_name(0) == NULL && strcmp(ndr_stage_name(NDR_STAGE_END_OF_DATA), "end-of-data") == 0);
    CHECK(ndr_dsn_action_name(0) == NULL && strcmp(ndr_dsn_action_name(NDR_DSN_ACTION_FAILED), "failed") == 0);
    CHECK(ndr_problem_name(0) == NULL && strcmp(ndr_problem_name(NDR_PROBLEM_NOT_ALIGNED), "not-aligned") == 0);
    CHECK(ndr_problem_advice(0) == NULL && ndr_problem_advice(NDR_PROBLEM_NOT_ALIGNED) != NULL);
    CHECK(ndr_audience_name(3) == NULL && strcmp(ndr_audience_name(NDR_AUDIENCE_ADMIN), "admin") == 0);
    CHECK(ndr_source_name(255) == NULL && strcmp(ndr_source_name(NDR_SOURCE_REGISTRY), "registry") == 0);
    CHECK(ndr_result_message(0xffffffffu) == NULL && strcmp(ndr_result_message(NDR_RESULT_OK), "no error") == 0);
    return 0;
}

/* Whether all accessors of a bounce that says nothing answer so. */
static int says_nothing(ndr_bounce *bounce) {
    ndr_recipient recipient;
    ndr_finding finding;
    ndr_fields fields;
    CHECK(ndr_bounce_kind(bounce) == NDR_KIND_OTHER && !ndr_bounce_is_truncated(bounce));
    CHECK(is_none(ndr_bounce_text(bounce)) && is_none(ndr_bounce_header(bounce, "From")) && is_none(ndr_bounce_header(bounce, NULL)));
    CHECK(is_none(ndr_bounce_original_header(bounce, "From")) && is_none(ndr_bounce_original_header(bounce, NULL)));
    CHECK(is_none(ndr_bounce_original_envelope_id(bounce)) && is_none(ndr_bounce_list_id(bounce)));
    CHECK(is_none(ndr_bounce_reporting_mta(bounce).kind) && is_none(ndr_bounce_reporting_mta(bounce).value));
    CHECK(is_none(ndr_bounce_dsn_gateway(bounce).kind) && is_none(ndr_bounce_dsn_gateway(bounce).value));
    CHECK(is_none(ndr_bounce_received_from_mta(bounce).kind) && is_none(ndr_bounce_received_from_mta(bounce).value));
    CHECK(!ndr_bounce_arrival_date(bounce).present);
    CHECK(ndr_bounce_authentication(bounce, NULL, 0) == 0 && ndr_bounce_authentication(bounce, &finding, 1) == 0);
    fields = ndr_bounce_original_fields(bounce);
    CHECK(is_zero(&fields, sizeof fields));
    fields = ndr_bounce_message_fields(bounce);
    CHECK(is_zero(&fields, sizeof fields));
    ndr_bounce_rewind(bounce);
    memset(&recipient, 0xff, sizeof recipient);
    CHECK(!ndr_bounce_next(bounce, &recipient) && is_zero(&recipient, sizeof recipient) && !ndr_bounce_next(bounce, NULL));
    memset(&recipient, 0xff, sizeof recipient);
    CHECK(ndr_bounce_next_with(NULL, bounce, &recipient) == NDR_RESULT_NO_MORE && is_zero(&recipient, sizeof recipient));
    CHECK(ndr_bounce_next_with(NULL, bounce, NULL) == NDR_RESULT_NULL_POINTER);
    return 0;
}

static int fields_of(ndr_fields fields) {
    ndr_fields empty;
    ndr_field field;
    memset(&empty, 0, sizeof empty);
    CHECK(!ndr_fields_next(NULL, &field) && is_zero(&field, sizeof field));
    CHECK(!ndr_fields_next(NULL, NULL) && !ndr_fields_next(&empty, NULL) && !ndr_fields_next(&empty, &field));
    CHECK(is_none(ndr_fields_find(NULL, "From", 4)) && is_none(ndr_fields_find(&empty, "From", 4)));
    CHECK(is_none(ndr_fields_find(&fields, NULL, 0)) && is_none(ndr_fields_find(&fields, NULL, 4)));
    CHECK(is_none(ndr_fields_find(&fields, "From", HUGE)) && is_none(ndr_fields_find(&fields, "From", 0)));
    CHECK(ndr_fields_find(&fields, "SUBJECT", 7).len == 5);
    CHECK(ndr_fields_next(&fields, NULL) && ndr_fields_next(&fields, &field) && field.name.len == 7 && !ndr_fields_next(&fields, &field));
    CHECK(is_none(field.name) && is_none(ndr_fields_find(&fields, "Subject", 7)));
    memset(&empty, 0xff, sizeof empty);
    CHECK(!ndr_fields_next(&empty, &field));
    return 0;
}

static int bounces(void) {
    static char scratch[sizeof message];
    static ndr_bounce bounce;
    const size_t length = sizeof message - 1;
    ndr_recipient recipient;
    ndr_typed typed;
    ndr_context context;
    ndr_rule rule;
    char text[64];
    size_t least = length;

    CHECK(says_nothing(NULL) == 0);
    memset(&bounce, 0, sizeof bounce);
    CHECK(says_nothing(&bounce) == 0);
    memset(&bounce, 0xff, sizeof bounce);
    CHECK(says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(NULL, 0, NULL, 0, NULL) == NDR_RESULT_NULL_POINTER);
    CHECK(ndr_bounce_parse(message, length, scratch, length, NULL) == NDR_RESULT_NULL_POINTER);
    CHECK(ndr_bounce_parse(NULL, 1, scratch, length, &bounce) == NDR_RESULT_NULL_POINTER && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(message, length, NULL, length, &bounce) == NDR_RESULT_NULL_POINTER && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(message, HUGE, NULL, 0, &bounce) == NDR_RESULT_TOO_LONG && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(message, length, NULL, HUGE, &bounce) == NDR_RESULT_TOO_LONG && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(scratch, 10, scratch + 9, 10, &bounce) == NDR_RESULT_OVERLAP && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(scratch + 9, 10, scratch, 10, &bounce) == NDR_RESULT_OVERLAP);
    CHECK(ndr_bounce_parse(scratch, 10, scratch + 10, 10, &bounce) == NDR_RESULT_OK);
    CHECK(ndr_bounce_parse(message, length, NULL, 0, &bounce) == NDR_RESULT_SCRATCH_TOO_SMALL && says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(message, length, scratch, 0, &bounce) == NDR_RESULT_SCRATCH_TOO_SMALL);
    CHECK(ndr_bounce_parse(NULL, 0, NULL, 0, &bounce) == NDR_RESULT_OK && ndr_bounce_kind(&bounce) == NDR_KIND_OTHER);
    CHECK(!ndr_bounce_next(&bounce, &recipient) && ndr_bounce_text(&bounce).len == 0);
    CHECK(ndr_bounce_parse(message, 0, scratch, length, &bounce) == NDR_RESULT_OK && ndr_bounce_kind(&bounce) == NDR_KIND_OTHER);
    CHECK(ndr_bounce_parse(message, 0, scratch, 0, NULL) == NDR_RESULT_NULL_POINTER);

    while (ndr_bounce_parse(message, length, scratch, least - 1, &bounce) == NDR_RESULT_OK) {
        least--;
    }
    CHECK(least < length && ndr_bounce_parse(message, length, scratch, least - 1, &bounce) == NDR_RESULT_SCRATCH_TOO_SMALL);
    CHECK(says_nothing(&bounce) == 0);
    CHECK(ndr_bounce_parse(message, length, scratch, least, &bounce) == NDR_RESULT_OK);
    CHECK(ndr_bounce_kind(&bounce) == NDR_KIND_DSN && ndr_bounce_arrival_date(&bounce).unix_time == 1795323600);
    CHECK(ndr_bounce_header(&bounce, "from").len > 0 && is_none(ndr_bounce_header(&bounce, "")) && is_none(ndr_bounce_header(&bounce, NULL)));
    CHECK(ndr_bounce_original_header(&bounce, "subject").len == 5 && is_none(ndr_bounce_original_header(&bounce, NULL)));
    CHECK(ndr_bounce_authentication(&bounce, NULL, 8) == 0 && ndr_bounce_reporting_mta(&bounce).value.len == 14);
    CHECK(fields_of(ndr_bounce_original_fields(&bounce)) == 0);
    CHECK(ndr_bounce_next(&bounce, &recipient));
    CHECK(recipient.address.len == 15 && memcmp(recipient.address.ptr, "kim@example.net", 15) == 0);
    CHECK(recipient.action == NDR_DSN_ACTION_FAILED && recipient.verdict.category == NDR_CATEGORY_UNKNOWN_RECIPIENT);
    typed = recipient.final_recipient;
    CHECK(ndr_address_format(typed, text, sizeof text) == 15 && strcmp(text, "kim@example.net") == 0);
    CHECK(ndr_address_format(typed, text, 15) == 15 && text[0] == '\0' && ndr_address_format(typed, NULL, 0) == 15);
    typed.value.ptr = NULL;
    CHECK(ndr_address_format(typed, text, sizeof text) == 0 && text[0] == '\0');
    typed.value.ptr = text, typed.value.len = HUGE;
    CHECK(ndr_address_format(typed, NULL, 0) == 0);
    memset(&typed, 0, sizeof typed);
    CHECK(ndr_address_format(typed, text, sizeof text) == 0);
    CHECK(ndr_bounce_next(&bounce, NULL) && !ndr_bounce_next(&bounce, &recipient) && !ndr_bounce_next(&bounce, &recipient));
    ndr_bounce_rewind(&bounce);
    CHECK(ndr_bounce_next(&bounce, &recipient) && recipient.address.len == 15);

    /* What is wrong with the context passes no recipient over. */
    ndr_bounce_rewind(&bounce);
    memset(&context, 0, sizeof context);
    memset(&rule, 0, sizeof rule);
    CHECK(ndr_bounce_next_with(&context, &bounce, NULL) == NDR_RESULT_NULL_POINTER);
    context.rules_len = 1;
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_NULL_POINTER && is_zero(&recipient, sizeof recipient));
    context.rules = &rule, context.rules_len = NDR_MAX_RULES + 1;
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_TOO_MANY_RULES);
    context.rules_len = 1, rule.stage = 255;
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_INVALID_RULE && is_zero(&recipient, sizeof recipient));
    rule.stage = 0, rule.phrase.ptr = text, rule.phrase.len = HUGE;
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_TOO_LONG);
    memset(&rule, 0, sizeof rule);
    rule.label = 9, rule.sets = NDR_RULE_SETS_CATEGORY, rule.category = NDR_CATEGORY_MAILBOX_MOVED;
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_OK && recipient.address.len == 15);
    CHECK(recipient.verdict.category == NDR_CATEGORY_MAILBOX_MOVED && recipient.verdict.label == 9);
    CHECK(ndr_bounce_next_with(NULL, &bounce, &recipient) == NDR_RESULT_OK && !recipient.verdict.has_label);
    CHECK(ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_NO_MORE && !ndr_bounce_next(&bounce, NULL));
    return 0;
}

/* More findings than there is room for, and a message that needs no scratch. */
static int authentication(void) {
    static const char refused[] =
        "From: MAILER-DAEMON@mx.example.com\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        "Final-Recipient: rfc822; kim@example.net\r\nAction: failed\r\nStatus: 5.7.26\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=example.com; dkim=none\r\nFrom: a@example.com\r\n--b--\r\n";
    static ndr_bounce bounce;
    ndr_finding findings[NDR_MAX_FINDINGS], untouched;
    size_t count;
    CHECK(ndr_bounce_parse(refused, sizeof refused - 1, NULL, 0, &bounce) == NDR_RESULT_OK);
    memset(&untouched, 0xff, sizeof untouched);
    memset(findings, 0xff, sizeof findings);
    count = ndr_bounce_authentication(&bounce, findings, 1);
    CHECK(count == 2 && findings[0].problem == NDR_PROBLEM_SPF_FAILED && memcmp(&findings[1], &untouched, sizeof untouched) == 0);
    CHECK(ndr_bounce_authentication(&bounce, findings, 0) == count && ndr_bounce_authentication(&bounce, NULL, 0) == count);
    CHECK(ndr_bounce_authentication(&bounce, NULL, NDR_MAX_FINDINGS) == count);
    CHECK(ndr_bounce_authentication(&bounce, findings, NDR_MAX_FINDINGS) == count);
    CHECK(findings[1].problem == NDR_PROBLEM_NO_DKIM_SIGNATURE && findings[0].domain.len == 11);
    return 0;
}

int main(void) {
    int (*const parts[])(void) = {versions, statuses, classification, catalogue, numbers, bounces, authentication};
    size_t at;
    for (at = 0; at < sizeof parts / sizeof *parts; at++) {
        int failed = parts[at]();
        if (failed != 0) {
            return failed;
        }
    }
    return 0;
}
