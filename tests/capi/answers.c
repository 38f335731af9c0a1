/* Prints what the library says: `answers catalog`, `answers replies FILE`, `answers bounces FILE`. */
#include "print.h"

static void catalog(void) {
    size_t index;
    unsigned number;
    const ndr_entry *entry;
    const ndr_provider *provider;
    const ndr_blocklist *list;
    for (index = 0; (entry = ndr_entry_at(index)) != NULL; index++) {
        print_entry(stdout, entry);
    }
    for (index = 0; (provider = ndr_provider_at(index)) != NULL; index++) {
        printf("provider %s|%s|%s\n", provider->name, provider->title, provider->reference);
    }
    for (index = 0; (list = ndr_blocklist_at(index)) != NULL; index++) {
        printf("blocklist %s|%s %d %d %d %d\n", list->name, list->delisting, list->lists_ips, list->lists_domains, list->lists_uris,
               list->closed);
    }
    for (number = 0; number < 256; number++) {
        uint8_t n = (uint8_t)number;
        const char *names[] = {
            ndr_category_name(n), ndr_category_summary(n), ndr_category_as_sisimai(n), ndr_category_as_kumomta(n),
            ndr_category_as_powermta(n), ndr_category_as_ses(n), ndr_action_name(n), ndr_party_name(n), ndr_severity_name(n),
            ndr_evidence_name(n), ndr_kind_name(n), ndr_stage_name(n), ndr_dsn_action_name(n), ndr_problem_name(n),
            ndr_problem_advice(n), ndr_audience_name(n), ndr_source_name(n),
        };
        printf("%u %d %d", number, ndr_category_suppresses(n), ndr_kind_is_bounce(n));
        for (index = 0; index < sizeof names / sizeof *names; index++) {
            printf("|%s", names[index] == NULL ? "NULL" : names[index]);
        }
        puts("");
    }
    for (number = 0; number < 1000; number++) {
        entry = ndr_lookup_reply((uint16_t)number);
        if (entry != NULL) {
            printf("reply %u %s\n", number, entry->title);
        }
    }
    for (number = 0; number < 3 * 10 * 1000; number++) {
        static const uint8_t classes[] = {2, 4, 5};
        ndr_status status;
        const ndr_entry *found[32];
        size_t count;
        status.klass = classes[number / 10000];
        status.subject = (uint16_t)(number / 1000 % 10);
        status.detail = (uint16_t)(number % 1000);
        count = ndr_lookup(status, found, 32);
        print_status(stdout, status);
        for (index = 0; index < count; index++) {
            printf(" %s", found[index]->code);
        }
        puts("");
    }
    puts(ndr_version());
    puts(ndr_catalog_version());
}

static void replies(FILE *file) {
    static const char host[] = "mx1.example.mail.protection.outlook.com";
    static const char pattern[] = "5.7.x", phrase[] = "over \xe2\x80\xa6 quota", suffix[] = "outlook.com";
    ndr_rule rules[3];
    ndr_context context;
    size_t length;
    char *text;
    memset(rules, 0, sizeof rules);
    memset(&context, 0, sizeof context);
    rules[0].status.ptr = pattern;
    rules[0].status.len = strlen(pattern);
    rules[0].host_suffix.ptr = suffix;
    rules[0].host_suffix.len = strlen(suffix);
    rules[0].reply = 550;
    rules[0].stage = NDR_STAGE_RCPT;
    rules[0].sets = NDR_RULE_SETS_CATEGORY | NDR_RULE_SETS_ACTION;
    rules[0].category = NDR_CATEGORY_RECIPIENT_RESTRICTED;
    rules[0].action = NDR_ACTION_INVESTIGATE;
    rules[0].label = 17;
    rules[1].phrase.ptr = phrase;
    rules[1].phrase.len = strlen(phrase);
    rules[1].sets = NDR_RULE_SETS_SUPPRESS;
    rules[1].suppress = 200;
    rules[1].label = 4000000000u;
    rules[2].reply = 421;
    context.remote_host.ptr = host;
    context.remote_host.len = strlen(host);
    context.status.klass = 4;
    context.status.subject = 7;
    context.status.detail = 1;
    context.stage = NDR_STAGE_RCPT;
    context.action = NDR_DSN_ACTION_FAILED;
    context.rules = rules;
    context.rules_len = 3;
    while ((text = next_record(file, &length)) != NULL) {
        ndr_verdict verdict;
        ndr_result result = ndr_classify(text, length, &verdict);
        printf("text %zu %s\n", length, ndr_result_message(result));
        print_verdict(stdout, &verdict);
        ndr_classify_with(&context, text, length, &verdict);
        free(text);
        print_verdict(stdout, &verdict);
    }
}

/* Parses with the least scratch that the message needs, found by halving, and walks through; one byte less has to be refused. What
 * it says then is not compared, as text in other charsets than UTF-8 is left as it came when there is no more room. */
static void least_scratch(const char *text, size_t length) {
    size_t low = 0, high = length;
    ndr_bounce bounce;
    ndr_recipient recipient;
    char *scratch;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        scratch = exactly(middle);
        if (ndr_bounce_parse(text, length, scratch, middle, &bounce) == NDR_RESULT_OK) {
            high = middle;
        } else {
            low = middle + 1;
        }
        free(scratch);
    }
    if (low > 0) {
        scratch = exactly(low - 1);
        if (ndr_bounce_parse(text, length, scratch, low - 1, &bounce) != NDR_RESULT_SCRATCH_TOO_SMALL
            || ndr_bounce_kind(&bounce) != NDR_KIND_OTHER || ndr_bounce_next(&bounce, &recipient)) {
            abort();
        }
        free(scratch);
    }
    scratch = exactly(low);
    if (ndr_bounce_parse(text, length, scratch, low, &bounce) != NDR_RESULT_OK) {
        abort();
    }
    while (ndr_bounce_next(&bounce, &recipient)) {
        ndr_fields fields = recipient.fields;
        while (ndr_fields_next(&fields, NULL)) {
        }
    }
    free(scratch);
}

static void print_fields(ndr_fields fields) {
    ndr_field field;
    while (ndr_fields_next(&fields, &field)) {
        print_field(stdout, &field);
    }
}

static void bounces(FILE *file) {
    size_t length;
    char *text;
    while ((text = next_record(file, &length)) != NULL) {
        ndr_finding findings[NDR_MAX_FINDINGS];
        ndr_bounce bounce, copy;
        ndr_recipient recipient;
        ndr_fields fields;
        ndr_rule rules[2];
        ndr_context context;
        size_t count, at;
        char *scratch = exactly(length);
        least_scratch(text, length);
        printf("message %zu %s\n", length, ndr_result_message(ndr_bounce_parse(text, length, scratch, length, &bounce)));
        printf("  kind %s truncated %d\n", ndr_kind_name(ndr_bounce_kind(&bounce)), ndr_bounce_is_truncated(&bounce));
        print_named(stdout, "text", ndr_bounce_text(&bounce));
        print_named(stdout, "from", ndr_bounce_header(&bounce, "FROM"));
        print_named(stdout, "subject", ndr_bounce_original_header(&bounce, "subject"));
        fields = ndr_bounce_original_fields(&bounce);
        print_named(stdout, "message_id", ndr_fields_find(&fields, "Message-IDxyz", 10));
        print_fields(fields);
        print_fields(ndr_bounce_message_fields(&bounce));
        print_named(stdout, "original_envelope_id", ndr_bounce_original_envelope_id(&bounce));
        print_typed(stdout, "reporting_mta", ndr_bounce_reporting_mta(&bounce));
        print_typed(stdout, "dsn_gateway", ndr_bounce_dsn_gateway(&bounce));
        print_typed(stdout, "received_from_mta", ndr_bounce_received_from_mta(&bounce));
        print_date(stdout, "arrival_date", ndr_bounce_arrival_date(&bounce));
        print_named(stdout, "list_id", ndr_bounce_list_id(&bounce));
        count = ndr_bounce_authentication(&bounce, findings, NDR_MAX_FINDINGS);
        for (at = 0; at < count; at++) {
            print_finding(stdout, &findings[at]);
        }
        copy = bounce;
        while (ndr_bounce_next(&bounce, &recipient)) {
            print_recipient(stdout, &recipient);
            print_fields(recipient.fields);
        }
        /* A copy and a rewound one see the same recipients. */
        ndr_bounce_rewind(&bounce);
        while (ndr_bounce_next(&copy, &recipient)) {
            if (!ndr_bounce_next(&bounce, NULL)) {
                abort();
            }
        }
        make_rules(rules, &context);
        ndr_bounce_rewind(&bounce);
        while (ndr_bounce_next_with(&context, &bounce, &recipient) == NDR_RESULT_OK) {
            print_verdict(stdout, &recipient.verdict);
        }
        free(scratch);
        /* With room for text that grows when it becomes UTF-8. */
        scratch = exactly(4 * length);
        ndr_bounce_parse(text, length, scratch, 4 * length, &bounce);
        print_named(stdout, "text in UTF-8", ndr_bounce_text(&bounce));
        while (ndr_bounce_next(&bounce, &recipient)) {
            print_verdict(stdout, &recipient.verdict);
        }
        free(text);
        free(scratch);
    }
}

int main(int argc, char **argv) {
    FILE *file = argc > 2 ? fopen(argv[2], "rb") : NULL;
    if (argc == 2 && strcmp(argv[1], "catalog") == 0) {
        catalog();
    } else if (file != NULL && strcmp(argv[1], "replies") == 0) {
        replies(file);
    } else if (file != NULL && strcmp(argv[1], "bounces") == 0) {
        bounces(file);
    } else {
        return 2;
    }
    if (file != NULL) {
        fclose(file);
    }
    return 0;
}
