/* ndr_exim - what a refusal means, for Exim's string expansions.
 *
 *     ${dlfunc{/usr/local/lib/exim4/ndr_exim.so}{bounce_category}{550 5.1.1 User unknown}}    UnknownRecipient
 *     ${dlfunc{…}{bounce_status}{…}}                                                          5.1.1
 *     ${dlfunc{…}{bounce_action}{…}}                                                          suppress
 *     ${dlfunc{…}{bounce_suppress}{…}}                                                        yes or no, as ${if bool{…}} wants it
 *
 * The first argument is the text of a reply, also of several lines, or a line of a log. The second may be the name of the host that
 * replied, such as $host: it tells the provider. A wrong number of arguments makes the expansion fail with a message.
 *
 * All results are static or in Exim's own memory. Nothing is kept from one call to the next.
 */
#include <stdbool.h>
#include <string.h>

#define DLFUNC_IMPL
#include <local_scan.h>
#include <nondelivery.h>

/* Only these functions are to be seen from outside. */
#pragma GCC visibility push(default)
exim_dlfunc_t bounce_category, bounce_status, bounce_action, bounce_suppress;
#pragma GCC visibility pop

static ndr_slice slice_of(const uschar *text)
{
    return (ndr_slice){CCS text, strlen(CCS text)};
}

/* Makes the verdict from the arguments of an expansion; false, and the message in `yield`, when they are wrong. */
static bool judge(uschar **yield, int argc, uschar *argv[], ndr_verdict *verdict)
{
    ndr_context context = {0};
    ndr_slice reply;
    ndr_result result;
    const char *why;

    if (argc < 1 || argc > 2) {
        *yield = US "ndr_exim: the arguments are a reply and perhaps the name of the host";
        return false;
    }
    if (ndr_abi_version() != NDR_ABI_VERSION) {
        *yield = US "ndr_exim: compiled for another version of libnondelivery";
        return false;
    }
    reply = slice_of(argv[0]);
    if (argc == 2)
        context.remote_host = slice_of(argv[1]);
    result = ndr_classify_with(&context, reply.ptr, reply.len, verdict);
    if (result == NDR_RESULT_OK)
        return true;
    why = ndr_result_message(result);
    *yield = US(why != NULL ? why : "ndr_exim: the library refuses the arguments");
    return false;
}

/* A name of the library; NULL, for a number that this version has no name for, becomes an empty text. */
static int give(uschar **yield, const char *name)
{
    *yield = US(name != NULL ? name : "");
    return OK;
}

int bounce_category(uschar **yield, int argc, uschar *argv[])
{
    ndr_verdict verdict;

    return judge(yield, argc, argv, &verdict) ? give(yield, ndr_category_name(verdict.category)) : ERROR;
}

int bounce_status(uschar **yield, int argc, uschar *argv[])
{
    ndr_verdict verdict;
    char status[NDR_STATUS_SIZE];

    if (!judge(yield, argc, argv, &verdict))
        return ERROR;
    if (verdict.status.klass == 0 || ndr_status_format(verdict.status, status, sizeof status) >= sizeof status)
        return give(yield, NULL);
    *yield = string_copy(US status);
    return OK;
}

int bounce_action(uschar **yield, int argc, uschar *argv[])
{
    ndr_verdict verdict;

    return judge(yield, argc, argv, &verdict) ? give(yield, ndr_action_name(verdict.action)) : ERROR;
}

int bounce_suppress(uschar **yield, int argc, uschar *argv[])
{
    ndr_verdict verdict;

    return judge(yield, argc, argv, &verdict) ? give(yield, verdict.suppress ? "yes" : "no") : ERROR;
}
