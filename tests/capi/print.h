/* Prints everything that the library says, one line a thing; tests/capi/answers.rs prints the same from the Rust side. C and C++. */
#ifndef PRINT_H
#define PRINT_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nondelivery.h"

static inline void print_text(FILE *out, const char *text) {
    fputs(text == NULL ? "NULL" : text, out);
}

static inline void print_slice(FILE *out, ndr_slice slice) {
    size_t at;
    if (slice.ptr == NULL) {
        fputs("-", out);
        return;
    }
    fputc('"', out);
    for (at = 0; at < slice.len; at++) {
        unsigned char byte = (unsigned char)slice.ptr[at];
        if (byte >= ' ' && byte < 127 && byte != '\\') {
            fputc(byte, out);
        } else {
            fprintf(out, "\\x%02x", byte);
        }
    }
    fputc('"', out);
}

static inline void print_status(FILE *out, ndr_status status) {
    char text[NDR_STATUS_SIZE];
    ndr_status_format(status, text, sizeof text);
    fputs(text[0] == '\0' ? "-" : text, out);
}

static inline void print_verdict(FILE *out, const ndr_verdict *verdict) {
    char line[512];
    ndr_verdict_format(verdict, line, sizeof line);
    fprintf(out, "verdict %s\n  reply %u status ", line, (unsigned)verdict->reply);
    print_status(out, verdict->status);
    fputs(" severity ", out);
    print_text(out, ndr_severity_name(verdict->severity));
    fputs(" category ", out);
    print_text(out, ndr_category_name(verdict->category));
    fputs(" action ", out);
    print_text(out, ndr_action_name(verdict->action));
    fputs(" responsible ", out);
    print_text(out, ndr_party_name(verdict->responsible));
    fputs(" evidence ", out);
    print_text(out, ndr_evidence_name(verdict->evidence));
    fprintf(out, " suppress %d retry_after %" PRIu32 " truncated %d label ", verdict->suppress, verdict->retry_after, verdict->truncated);
    if (verdict->has_label) {
        fprintf(out, "%" PRIu32, verdict->label);
    } else {
        fputs("-", out);
    }
    fputs(" cause ", out);
    if (verdict->has_cause) {
        print_text(out, ndr_category_name(verdict->cause_category));
        fputs(" ", out);
        print_status(out, verdict->cause_status);
    } else {
        fputs("-", out);
    }
    fprintf(out, " provider %s", verdict->provider == NULL ? "-" : verdict->provider->name);
    fprintf(out, " blocklist %s", verdict->blocklist == NULL ? "-" : verdict->blocklist->name);
    if (verdict->entry == NULL) {
        fputs(" entry -\n", out);
    } else {
        fprintf(out, " entry %s|%s|%s\n", verdict->entry->source, verdict->entry->code, verdict->entry->title);
    }
}

static inline void print_named(FILE *out, const char *name, ndr_slice slice) {
    fprintf(out, "  %s ", name);
    print_slice(out, slice);
    fputs("\n", out);
}

static inline void print_typed(FILE *out, const char *name, ndr_typed typed) {
    char text[1024];
    fprintf(out, "  %s ", name);
    print_slice(out, typed.kind);
    fputs(" ", out);
    print_slice(out, typed.value);
    if (ndr_address_format(typed, text, sizeof text) < sizeof text) {
        fprintf(out, " %s", text);
    }
    fputs("\n", out);
}

static inline void print_date(FILE *out, const char *name, ndr_date date) {
    if (date.present) {
        fprintf(out, "  %s %" PRId64 " %d\n", name, date.unix_time, date.offset_minutes);
    } else {
        fprintf(out, "  %s -\n", name);
    }
}

static inline void print_field(FILE *out, const ndr_field *field) {
    fputs("  field ", out);
    print_slice(out, field->name);
    fputs(" ", out);
    print_slice(out, field->value);
    fputs("\n", out);
}

static inline void print_finding(FILE *out, const ndr_finding *finding) {
    fprintf(out, "  finding %s ", ndr_problem_name(finding->problem));
    print_slice(out, finding->domain);
    fprintf(out, " %s\n", ndr_problem_advice(finding->problem));
}

/* Rules for the recipients of bounces: one by code, one by words. */
static inline void make_rules(ndr_rule rules[2], ndr_context *context) {
    memset(rules, 0, 2 * sizeof *rules);
    memset(context, 0, sizeof *context);
    rules[0].status.ptr = "x.1.x";
    rules[0].status.len = 5;
    rules[0].sets = NDR_RULE_SETS_CATEGORY;
    rules[0].category = NDR_CATEGORY_MAILBOX_MOVED;
    rules[0].label = 5;
    rules[1].phrase.ptr = "mailbox";
    rules[1].phrase.len = 7;
    rules[1].sets = NDR_RULE_SETS_SUPPRESS;
    rules[1].suppress = 1;
    rules[1].label = 6;
    context->rules = rules;
    context->rules_len = 2;
}

static inline void print_recipient(FILE *out, const ndr_recipient *recipient) {
    fputs("recipient ", out);
    print_slice(out, recipient->address);
    fprintf(out, " %s\n", recipient->action == 0 ? "-" : ndr_dsn_action_name(recipient->action));
    print_typed(out, "final_recipient", recipient->final_recipient);
    print_typed(out, "original_recipient", recipient->original_recipient);
    print_typed(out, "remote_mta", recipient->remote_mta);
    print_typed(out, "diagnostic", recipient->diagnostic);
    print_named(out, "final_log_id", recipient->final_log_id);
    print_named(out, "rejected_by", recipient->rejected_by);
    print_date(out, "last_attempt_date", recipient->last_attempt_date);
    print_date(out, "will_retry_until", recipient->will_retry_until);
    fprintf(out, "  repairs %d %d %d %d %d\n", recipient->repairs.action_inferred, recipient->repairs.status_missing,
            recipient->repairs.status_refined, recipient->repairs.address_untyped, recipient->repairs.diagnostic_from_text);
    if (recipient->has_exchange) {
        const ndr_exchange *exchange = &recipient->exchange;
        print_named(out, "generating_server", exchange->generating_server);
        print_named(out, "remote_server", exchange->remote_server);
        print_named(out, "component", exchange->component);
        print_named(out, "message", exchange->message);
        print_named(out, "last_attempted_server", exchange->last_attempted_server);
        print_named(out, "last_attempted_ip", exchange->last_attempted_ip);
        print_named(out, "stage", exchange->stage);
        print_named(out, "as_code", exchange->as_code);
        print_named(out, "server", exchange->server);
        print_date(out, "time", exchange->time);
    }
    print_verdict(out, &recipient->verdict);
}

static inline void print_pattern(FILE *out, ndr_pattern pattern) {
    if (pattern.present) {
        fprintf(out, "%u.%u-%u.%u-%u", (unsigned)pattern.klass, (unsigned)pattern.subject_low, (unsigned)pattern.subject_high,
                (unsigned)pattern.detail_low, (unsigned)pattern.detail_high);
    } else {
        fputs("-", out);
    }
}

static inline void print_entry(FILE *out, const ndr_entry *entry) {
    size_t at;
    uint8_t audience;
    fprintf(out, "entry %s|%s|%s|%s|%s ", entry->source, entry->code, entry->title, entry->summary, entry->reference);
    print_pattern(out, entry->status);
    fprintf(out, " %u %s %s %s %s\n", (unsigned)entry->reply, ndr_category_name(entry->category), ndr_action_name(entry->action),
            ndr_party_name(entry->responsible), ndr_source_name(entry->source_number));
    for (audience = 0; ndr_audience_name(audience) != NULL; audience++) {
        const char *remedy = ndr_entry_remedy(entry, audience);
        fprintf(out, "  for %s: %s%s\n", ndr_audience_name(audience), remedy, remedy == entry->remedies[audience] ? "" : " DIFFERENT");
    }
    for (at = 0; at < entry->limits_len; at++) {
        fprintf(out, "  limit %s %" PRIu32 " %s\n", entry->limits[at].name, entry->limits[at].value, entry->limits[at].unit);
    }
}

/* A block of exactly that many bytes, so that valgrind sees every byte read or written outside. */
static inline char *exactly(size_t length) {
    char *block = (char *)malloc(length == 0 ? 1 : length);
    if (block == NULL) {
        abort();
    }
    return block;
}

/* The next text of a file of records: its length in decimal, a line feed, the bytes. NULL at the end. */
static inline char *next_record(FILE *file, size_t *length) {
    char *block;
    if (fscanf(file, "%zu", length) != 1 || fgetc(file) != '\n') {
        return NULL;
    }
    block = exactly(*length);
    if (fread(block, 1, *length, file) != *length) {
        abort();
    }
    return block;
}

#endif
