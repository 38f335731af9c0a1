/* ndr-milter - marks bounces with what they mean, for Postfix and sendmail.
 *
 * Usage: ndr-milter SOCKET        SOCKET as libmilter takes it, such as inet:8899@127.0.0.1
 *
 * A bounce gets these fields at the end of its header, in this order, for each of its first recipients:
 *
 *     X-NDR-Recipient: kim@example.net
 *     X-NDR-Category: UnknownRecipient
 *     X-NDR-Action: suppress
 *
 * Fields of these names that come in are removed from every message, so that nobody else can set them. A message is kept in memory
 * while it is received, as far as MESSAGE_MAX; nothing else grows with what is sent.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include <libmilter/mfapi.h>
#include <nondelivery.h>

/* More of a message is not looked at. The report comes first in a bounce, the copy of the original message last. */
#define MESSAGE_MAX ((size_t)1 << 20)

/* More recipients get no fields: MTAs limit the size of a header. */
#define RECIPIENTS_MAX 50

/* RFC 5321, section 4.5.3.1, allows 254; a longer address is cut. */
#define ADDRESS_MAX 320

enum { RECIPIENT, CATEGORY, ACTION, FIELDS };

static char field_names[FIELDS][sizeof "X-NDR-Recipient"] = {"X-NDR-Recipient", "X-NDR-Category", "X-NDR-Action"};

/* The message that a connection is sending. Pages that are not written to take no memory. */
struct mail {
    size_t len;
    int incoming[FIELDS]; /* how many fields of these names it brought */
    char text[MESSAGE_MAX];
    char scratch[MESSAGE_MAX]; /* as long as the text is always enough */
};

static void forget(SMFICTX *context)
{
    free(smfi_getpriv(context));
    (void)smfi_setpriv(context, NULL);
}

static void append(struct mail *mail, const void *bytes, size_t len)
{
    size_t room = sizeof mail->text - mail->len;

    if (len > room)
        len = room;
    if (len > 0)
        memcpy(mail->text + mail->len, bytes, len);
    mail->len += len;
}

static void append_text(struct mail *mail, const char *text)
{
    append(mail, text, strlen(text));
}

static sfsistat on_sender(SMFICTX *context, char **arguments)
{
    struct mail *mail;

    forget(context);
    mail = malloc(sizeof *mail);
    if (mail == NULL)
        return SMFIS_TEMPFAIL;
    mail->len = 0;
    memset(mail->incoming, 0, sizeof mail->incoming);
    if (smfi_setpriv(context, mail) != MI_SUCCESS) {
        free(mail);
        return SMFIS_TEMPFAIL;
    }
    /* The MTA writes Return-Path when it delivers; an empty one helps to tell a bounce that has no machine-readable part. */
    if (arguments[0] != NULL && strcmp(arguments[0], "<>") == 0)
        append_text(mail, "Return-Path: <>\r\n");
    return SMFIS_CONTINUE;
}

static sfsistat on_field(SMFICTX *context, char *name, char *value)
{
    struct mail *mail = smfi_getpriv(context);

    if (mail == NULL)
        return SMFIS_TEMPFAIL;
    for (int i = 0; i < FIELDS; i++)
        if (strcasecmp(name, field_names[i]) == 0)
            mail->incoming[i]++;
    append_text(mail, name);
    append_text(mail, ": ");
    append_text(mail, value);
    append_text(mail, "\r\n");
    return SMFIS_CONTINUE;
}

static sfsistat on_header_end(SMFICTX *context)
{
    struct mail *mail = smfi_getpriv(context);

    if (mail == NULL)
        return SMFIS_TEMPFAIL;
    append_text(mail, "\r\n");
    return SMFIS_CONTINUE;
}

static sfsistat on_body(SMFICTX *context, unsigned char *bytes, size_t len)
{
    struct mail *mail = smfi_getpriv(context);

    if (mail == NULL)
        return SMFIS_TEMPFAIL;
    append(mail, bytes, len);
    return SMFIS_CONTINUE;
}

/* Removes what came in under our names: the last first, so that the numbers of the others stay as they are. */
static bool remove_incoming(SMFICTX *context, const struct mail *mail)
{
    for (int i = 0; i < FIELDS; i++)
        for (int at = mail->incoming[i]; at > 0; at--)
            if (smfi_chgheader(context, field_names[i], at, NULL) != MI_SUCCESS)
                return false;
    return true;
}

/* An address is somebody else's text. Only printable ASCII goes into a field, and a question mark for all else, so that it can neither
 * end the field nor begin another. */
static void copy_address(char out[ADDRESS_MAX + 1], ndr_slice address)
{
    size_t len = address.len < ADDRESS_MAX ? address.len : ADDRESS_MAX;

    for (size_t i = 0; i < len; i++)
        out[i] = address.ptr[i] > ' ' && address.ptr[i] < 0x7F ? address.ptr[i] : '?';
    out[len] = '\0';
}

static bool add_field(SMFICTX *context, int field, const char *value)
{
    char copy[ADDRESS_MAX + 1]; /* libmilter asks for a text that could be written to */

    (void)snprintf(copy, sizeof copy, "%s", value != NULL ? value : "unknown");
    return smfi_addheader(context, field_names[field], copy) == MI_SUCCESS;
}

static bool add_fields(SMFICTX *context, struct mail *mail)
{
    ndr_bounce bounce;
    ndr_recipient recipient;

    if (ndr_bounce_parse(mail->text, mail->len, mail->scratch, mail->len, &bounce) != NDR_RESULT_OK)
        return false;
    for (int i = 0; i < RECIPIENTS_MAX && ndr_bounce_next(&bounce, &recipient); i++) {
        char address[ADDRESS_MAX + 1];

        copy_address(address, recipient.address);
        if (!add_field(context, RECIPIENT, address) ||
            !add_field(context, CATEGORY, ndr_category_name(recipient.verdict.category)) ||
            !add_field(context, ACTION, ndr_action_name(recipient.verdict.action)))
            return false;
    }
    return true;
}

static sfsistat on_message_end(SMFICTX *context)
{
    struct mail *mail = smfi_getpriv(context);
    bool is_done = mail != NULL && remove_incoming(context, mail) && add_fields(context, mail);

    forget(context);
    return is_done ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}

/* After a message that was broken off, and when the connection ends. */
static sfsistat on_abort(SMFICTX *context)
{
    forget(context);
    return SMFIS_CONTINUE;
}

int main(int argc, char *argv[])
{
    static char name[] = "ndr-milter";
    struct smfiDesc milter = {
        .xxfi_name = name,
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS,
        .xxfi_envfrom = on_sender,
        .xxfi_header = on_field,
        .xxfi_eoh = on_header_end,
        .xxfi_body = on_body,
        .xxfi_eom = on_message_end,
        .xxfi_abort = on_abort,
        .xxfi_close = on_abort,
    };

    if (argc != 2) {
        (void)fputs("usage: ndr-milter SOCKET\n", stderr);
        return EX_USAGE;
    }
    if (ndr_abi_version() != NDR_ABI_VERSION) {
        (void)fprintf(stderr, "%s: compiled for another version of libnondelivery than %s\n", name, ndr_version());
        return EX_SOFTWARE;
    }
    /* libmilter says to syslog what goes wrong. */
    if (smfi_register(milter) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS || smfi_opensocket(true) != MI_SUCCESS) {
        (void)fprintf(stderr, "%s: cannot listen on %s\n", name, argv[1]);
        return EX_UNAVAILABLE;
    }
    return smfi_main() == MI_SUCCESS ? EX_OK : EX_SOFTWARE;
}
