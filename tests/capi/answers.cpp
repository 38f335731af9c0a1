// The same answers through nondelivery.hpp: `answers_cpp replies FILE`, `answers_cpp bounces FILE`.
#include <cassert>
#include <type_traits>

#include "nondelivery.hpp"
#include "print.h"

static_assert(std::is_trivially_copyable_v<ndr_verdict> && std::is_trivially_copyable_v<ndr_recipient>);
static_assert(noexcept(ndr::classify(std::string_view())) && noexcept(std::declval<ndr::bounce &>().recipients().begin()));

static void replies(FILE *file) {
    ndr_rule rules[3] = {};
    rules[0].status = ndr::slice("5.7.x");
    rules[0].host_suffix = ndr::slice("outlook.com");
    rules[0].reply = 550;
    rules[0].stage = NDR_STAGE_RCPT;
    rules[0].sets = NDR_RULE_SETS_CATEGORY | NDR_RULE_SETS_ACTION;
    rules[0].category = NDR_CATEGORY_RECIPIENT_RESTRICTED;
    rules[0].action = NDR_ACTION_INVESTIGATE;
    rules[0].label = 17;
    rules[1].phrase = ndr::slice(u8"over … quota");
    rules[1].sets = NDR_RULE_SETS_SUPPRESS;
    rules[1].suppress = 200;
    rules[1].label = 4000000000u;
    rules[2].reply = 421;
    ndr_context context = {};
    context.remote_host = ndr::slice("mx1.example.mail.protection.outlook.com");
    context.status = ndr::parse_status("4.7.1").value();
    context.stage = NDR_STAGE_RCPT;
    context.action = NDR_DSN_ACTION_FAILED;
    context.rules = rules;
    context.rules_len = 3;
    std::size_t length;
    while (char *text = next_record(file, &length)) {
        const std::string_view view(text, length);
        ndr_verdict verdict = ndr::classify(view);
        std::printf("text %zu %s\n", length, ndr::message(NDR_RESULT_OK).data());
        print_verdict(stdout, &verdict);
        if (ndr::classify(context, view, verdict) != NDR_RESULT_OK) {
            std::abort();
        }
        print_verdict(stdout, &verdict);
        std::free(text);
    }
}

static void print_view(const char *name, std::string_view view) { print_named(stdout, name, ndr::slice(view)); }

static void bounces(FILE *file) {
    std::size_t length;
    while (char *text = next_record(file, &length)) {
        char *scratch = exactly(length);
        ndr::bounce bounce;
        const ndr_result result = bounce.parse(std::string_view(text, length), scratch, length);
        std::printf("message %zu %s\n", length, ndr::message(result).data());
        std::printf("  kind %s truncated %d\n", ndr::kind_name(bounce.kind()).data(), bounce.is_truncated());
        print_view("text", bounce.text());
        print_view("from", bounce.header("FROM"));
        print_view("subject", bounce.original_header(std::string_view("subjects", 7)));
        print_view("message_id", bounce.original_header("Message-ID"));
        for (const ndr_field &field : bounce.original_fields()) {
            print_field(stdout, &field);
        }
        for (const ndr_field &field : bounce.message_fields()) {
            print_field(stdout, &field);
        }
        print_view("original_envelope_id", bounce.original_envelope_id());
        print_typed(stdout, "reporting_mta", bounce.reporting_mta());
        print_typed(stdout, "dsn_gateway", bounce.dsn_gateway());
        print_typed(stdout, "received_from_mta", bounce.received_from_mta());
        print_date(stdout, "arrival_date", bounce.arrival_date());
        print_view("list_id", bounce.list_id());
        for (const ndr_finding &finding : bounce.authentication()) {
            print_finding(stdout, &finding);
        }
        for (int loop = 0; loop < 2; loop++) {
            for (const ndr_recipient &recipient : bounce.recipients()) {
                if (loop == 1) {
                    print_recipient(stdout, &recipient);
                    for (const ndr_field &field : ndr::fields_of(recipient)) {
                        print_field(stdout, &field);
                    }
                }
            }
        }
        ndr_rule rules[2];
        ndr_context context;
        make_rules(rules, &context);
        for (const ndr_recipient &recipient : bounce.recipients(context)) {
            print_verdict(stdout, &recipient.verdict);
        }
        std::free(scratch);
        scratch = exactly(4 * length);
        bounce.parse(std::string_view(text, length), scratch, 4 * length);
        print_view("text in UTF-8", bounce.text());
        for (const ndr_recipient &recipient : bounce.recipients()) {
            print_verdict(stdout, &recipient.verdict);
        }
        std::free(text);
        std::free(scratch);
    }
}

static void small_things() {
    std::size_t count = 0;
    for (const ndr_entry *entry : ndr::catalog()) {
        count += entry->code != nullptr;
    }
    assert(count > 0 && ndr_entry_at(count) == nullptr);
    assert(!ndr::parse_status("5.7.").has_value());
    const ndr_status status = ndr::parse_status("5.7.606").value();
    assert(ndr::status_text(status).view() == "5.7.606" && ndr::status_text(ndr_status{}).view().empty());
    const auto entries = ndr::lookup(status);
    assert(entries.size() > 1 && ndr::view((*entries.begin())->code) == "5.7.606-649");
    assert(ndr::category_name(255).empty() && ndr::view(ndr_slice{nullptr, 0}).empty());
    assert(ndr::bounce().header("From").empty() && !ndr::bounce().is_bounce());
    assert(ndr::category_name(NDR_CATEGORY_EXPIRED) == "Expired" && ndr::action_name(NDR_ACTION_RETRY) == "retry");
    assert(ndr::party_name(NDR_PARTY_SENDER) == "sender" && ndr::severity_name(NDR_SEVERITY_SUCCESS) == "success");
    assert(ndr::evidence_name(NDR_EVIDENCE_NONE) == "none" && ndr::dsn_action_name(NDR_DSN_ACTION_RELAYED) == "relayed");
    assert(ndr::problem_name(NDR_PROBLEM_SPF_FAILED) == "spf-failed");
    ndr::bounce bounce;
    assert(bounce.get() != nullptr && static_cast<const ndr::bounce &>(bounce).get() == bounce.get());
}

int main(int argc, char **argv) {
    FILE *file = argc > 2 ? std::fopen(argv[2], "rb") : nullptr;
    if (file == nullptr) {
        return 2;
    }
    small_things();
    if (std::strcmp(argv[1], "replies") == 0) {
        replies(file);
    } else {
        bounces(file);
    }
    std::fclose(file);
    return 0;
}
