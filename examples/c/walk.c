/* Walks through the recipients of the bounce in a file, and says for each what became of it: ./walk message.eml */
#include <nondelivery.h>
#include <stdio.h>
#include <stdlib.h>

/* Reads the whole file; NULL when that fails. */
static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;
    *length = 0;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && (text = malloc((size_t)size + 1)) != NULL) {
        rewind(file);
        *length = fread(text, 1, (size_t)size, file);
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* Prints bytes of the message so that they can do no harm in a terminal, and on one line: a field may be folded. */
static void print(const char *label, ndr_slice text) {
    size_t at;
    if (text.ptr == NULL)
        return;
    printf("%s", label);
    for (at = 0; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte != '\r')
            putchar(byte == '\n' ? ' ' : byte < ' ' || byte == 127 ? '?' : byte);
    }
    putchar('\n');
}

int main(int argc, char **argv) {
    size_t length, count, at;
    char *message = argc == 2 ? read_file(argv[1], &length) : NULL;
    char *scratch = message != NULL ? malloc(length + 1) : NULL; /* the length of the message is always enough */
    char line[256], status[NDR_STATUS_SIZE];
    ndr_finding findings[NDR_MAX_FINDINGS];
    ndr_bounce bounce;
    ndr_recipient recipient;
    ndr_result result;

    if (scratch == NULL) {
        fprintf(stderr, "usage: walk message.eml\n");
        free(message);
        return 2;
    }
    result = ndr_bounce_parse(message, length, scratch, length, &bounce);
    if (result != NDR_RESULT_OK)
        fprintf(stderr, "walk: %s\n", ndr_result_message(result));
    printf("kind: %s\n", ndr_kind_name(ndr_bounce_kind(&bounce)));
    print("message: ", ndr_bounce_original_header(&bounce, "Message-ID"));
    print("reported by: ", ndr_bounce_reporting_mta(&bounce).value);

    while (ndr_bounce_next(&bounce, &recipient)) {
        print("recipient: ", recipient.address);
        ndr_verdict_format(&recipient.verdict, line, sizeof line);
        printf("  verdict: %s\n", line);
        ndr_status_format(recipient.verdict.status, status, sizeof status);
        printf("  delivery: %s %s\n", recipient.action == 0 ? "unknown" : ndr_dsn_action_name(recipient.action), status);
        print("  refused by: ", recipient.rejected_by);
        print("  said: ", recipient.diagnostic.value);
        if (recipient.verdict.blocklist != NULL)
            printf("  delisting: %s\n", recipient.verdict.blocklist->delisting);
    }
    count = ndr_bounce_authentication(&bounce, findings, NDR_MAX_FINDINGS);
    for (at = 0; at < count; at++) {
        printf("authentication: %s: %s\n", ndr_problem_name(findings[at].problem), ndr_problem_advice(findings[at].problem));
        print("  domain: ", findings[at].domain);
    }
    free(scratch);
    free(message);
    return result == NDR_RESULT_OK ? 0 : 1;
}
