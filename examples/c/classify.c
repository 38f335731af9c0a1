/* Says what the reply on standard input means: printf '550 5.1.1 User unknown' | ./classify */
#include <nondelivery.h>
#include <stdio.h>

int main(void) {
    static char text[1 << 16];
    size_t length = fread(text, 1, sizeof text, stdin);
    char status[NDR_STATUS_SIZE];
    ndr_verdict verdict;
    ndr_result result = ndr_classify(text, length, &verdict);

    if (result != NDR_RESULT_OK) {
        fprintf(stderr, "classify: %s\n", ndr_result_message(result));
        return 1;
    }
    ndr_status_format(verdict.status, status, sizeof status);
    printf("codes:    %d %s (%s)\n", verdict.reply, status, ndr_severity_name(verdict.severity));
    printf("category: %s: %s\n", ndr_category_name(verdict.category), ndr_category_summary(verdict.category));
    printf("action:   %s, by %s%s\n", ndr_action_name(verdict.action), ndr_party_name(verdict.responsible),
           verdict.suppress ? "; do not write to this address again" : "");
    if (verdict.entry != NULL && verdict.entry->remedies[NDR_AUDIENCE_ADMIN][0] != '\0')
        printf("remedy:   %s\n", verdict.entry->remedies[NDR_AUDIENCE_ADMIN]);
    return 0;
}
