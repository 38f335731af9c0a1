/* bounce-log - says of each bounce what it means, as one JSON line a recipient.
 *
 * Usage: bounce-log FILE <message
 *
 * Postfix runs it through pipe(8) for mail to the bounce address. All lines of a message are appended to FILE with one write under a
 * lock, or none is. A message that names no recipient, such as a holiday notice, gives one line as well, whose recipient is null.
 *
 * Exit status: 0 when the lines are on disk, else EX_TEMPFAIL, also for what looks permanent, such as a wrong option: Postfix then keeps
 * the bounce and tries again, whereas any other status would make it throw the bounce away. What went wrong goes to standard error,
 * and from there to the log of Postfix.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <nondelivery.h>

/* More of a message is not looked at. The report comes first in a bounce, the copy of the original message last. */
#define MESSAGE_MAX ((size_t)4 << 20)

static char message[MESSAGE_MAX];
static char scratch[MESSAGE_MAX]; /* as long as the message is always enough */

static void complain(const char *what)
{
    (void)fprintf(stderr, "bounce-log: %s: %s\n", what, strerror(errno));
}

/* Reads standard input to its end and keeps what there is room for. */
static bool read_message(size_t *len, bool *is_cut)
{
    char rest[4096];

    *len = 0;
    *is_cut = false;
    for (;;) {
        bool is_full = *len == sizeof message;
        ssize_t got = is_full ? read(STDIN_FILENO, rest, sizeof rest)
                              : read(STDIN_FILENO, message + *len, sizeof message - *len);

        if (got == 0)
            return true;
        if (got > 0 && is_full)
            *is_cut = true;
        else if (got > 0)
            *len += (size_t)got;
        else if (errno != EINTR)
            return false;
    }
}

/* How many bytes the UTF-8 character at the beginning of `text` has; 0 when there is none. */
static size_t utf8_length(const unsigned char *text, size_t len)
{
    unsigned char first = text[0];
    size_t need = first < 0x80                    ? 1
                  : first >= 0xC2 && first < 0xE0 ? 2
                  : first >= 0xE0 && first < 0xF0 ? 3
                  : first >= 0xF0 && first < 0xF5 ? 4
                                                  : 0;

    if (need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if (need > 2) { /* overlong forms, surrogates, and what is above U+10FFFF */
        unsigned char second = text[1];

        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
            (first == 0xF4 && second > 0x8F))
            return 0;
    }
    return need;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Writes a JSON string, or null for NULL. Line breaks and the blanks after them, as in folded fields, become one space; what is no
 * UTF-8 becomes U+FFFD. Errors of `out` are looked at once, at the end. */
static void put_string(FILE *out, const char *text, size_t len)
{
    if (text == NULL) {
        (void)fputs("null", out);
        return;
    }
    (void)putc('"', out);
    for (size_t at = 0; at < len;) {
        const unsigned char *c = (const unsigned char *)text + at;
        size_t length = utf8_length(c, len - at);

        if (*c == '\r' || *c == '\n') {
            while (at < len && is_blank(text[at]))
                at++;
            (void)putc(' ', out);
            continue;
        }
        if (length == 0)
            (void)fputs("\\ufffd", out);
        else if (*c == '"' || *c == '\\')
            (void)fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7F)
            (void)fprintf(out, "\\u%04x", (unsigned)*c);
        else
            (void)fwrite(c, 1, length, out);
        at += length > 0 ? length : 1;
    }
    (void)putc('"', out);
}

static void put_member(FILE *out, const char *name, ndr_slice value)
{
    (void)fprintf(out, ",\"%s\":", name);
    put_string(out, value.ptr, value.len);
}

/* A name that the library gives for a number; it is NULL when the number is unknown or there is nothing. */
static void put_name(FILE *out, const char *name, const char *value)
{
    put_member(out, name, (ndr_slice){value, value != NULL ? strlen(value) : 0});
}

static void put_bool(FILE *out, const char *name, bool value)
{
    (void)fprintf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void put_status(FILE *out, const char *name, ndr_status status)
{
    char text[NDR_STATUS_SIZE];

    put_name(out, name, status.klass != 0 && ndr_status_format(status, text, sizeof text) < sizeof text ? text : NULL);
}

static void put_number(FILE *out, const char *name, unsigned long value)
{
    if (value != 0)
        (void)fprintf(out, ",\"%s\":%lu", name, value);
    else
        (void)fprintf(out, ",\"%s\":null", name);
}

static void put_verdict(FILE *out, const ndr_verdict *verdict)
{
    put_name(out, "category", ndr_category_name(verdict->category));
    put_number(out, "reply", verdict->reply);
    put_status(out, "status", verdict->status);
    put_name(out, "severity", ndr_severity_name(verdict->severity));
    put_name(out, "action", ndr_action_name(verdict->action));
    put_name(out, "responsible", ndr_party_name(verdict->responsible));
    put_bool(out, "suppress", verdict->suppress);
    put_number(out, "retry_after", verdict->retry_after);
    put_name(out, "provider", verdict->provider != NULL ? verdict->provider->name : NULL);
    put_name(out, "blocklist", verdict->blocklist != NULL ? verdict->blocklist->name : NULL);
    put_name(out, "summary", verdict->entry != NULL ? verdict->entry->summary : NULL);
}

/* Writes one line: about a recipient, or about a message that names none when that is NULL. */
static void put_line(FILE *out, const char *time, const ndr_bounce *bounce, bool is_cut, const ndr_recipient *recipient)
{
    static const ndr_slice none = {NULL, 0};

    (void)fprintf(out, "{\"time\":\"%s\"", time);
    put_name(out, "kind", ndr_kind_name(ndr_bounce_kind(bounce)));
    put_bool(out, "truncated", is_cut || ndr_bounce_is_truncated(bounce));
    put_member(out, "reporting_mta", ndr_bounce_reporting_mta(bounce).value);
    put_member(out, "message_id", ndr_bounce_original_header(bounce, "Message-ID"));
    put_member(out, "recipient", recipient != NULL ? recipient->address : none);
    if (recipient != NULL) {
        put_name(out, "dsn_action", recipient->action != 0 ? ndr_dsn_action_name(recipient->action) : NULL);
        put_member(out, "diagnostic", recipient->diagnostic.value);
        put_verdict(out, &recipient->verdict);
    }
    (void)fputs("}\n", out);
}

static bool put_lines(FILE *out, size_t len, bool is_cut)
{
    ndr_bounce bounce;
    ndr_recipient recipient;
    char time_text[sizeof "-2147483648-01-01T00:00:00Z"];
    time_t now = time(NULL);
    struct tm utc;
    ndr_result result = ndr_bounce_parse(message, len, scratch, len, &bounce);

    if (result != NDR_RESULT_OK) {
        const char *why = ndr_result_message(result);

        (void)fprintf(stderr, "bounce-log: %s\n", why != NULL ? why : "the library refuses the message");
        return false;
    }
    if (gmtime_r(&now, &utc) == NULL || strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
        complain("time");
        return false;
    }
    if (!ndr_bounce_next(&bounce, &recipient)) {
        put_line(out, time_text, &bounce, is_cut, NULL);
        return true;
    }
    do
        put_line(out, time_text, &bounce, is_cut, &recipient);
    while (ndr_bounce_next(&bounce, &recipient));
    return true;
}

/* Appends everything or nothing. The lock is for the truncation after a write that failed half-way, as on a full disk. */
static bool append(int file, const char *text, size_t len)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    off_t end;
    ssize_t written;

    while (fcntl(file, F_SETLKW, &lock) != 0)
        if (errno != EINTR)
            return false;
    end = lseek(file, 0, SEEK_END);
    if (end < 0)
        return false;
    do
        written = write(file, text, len);
    while (written < 0 && errno == EINTR);
    if (written == (ssize_t)len && fsync(file) == 0)
        return true;
    if (written >= 0) {
        int why = written == (ssize_t)len ? errno : ENOSPC;

        if (ftruncate(file, end) != 0)
            complain("ftruncate"); /* half a line stays; readers skip what is no JSON */
        errno = why;
    }
    return false;
}

static bool append_to(const char *path, const char *text, size_t len)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    bool is_done = file >= 0 && append(file, text, len);

    if (!is_done)
        complain(path);
    if (file >= 0 && close(file) != 0 && is_done) {
        complain(path);
        is_done = false;
    }
    return is_done;
}

int main(int argc, char *argv[])
{
    char *lines = NULL;
    size_t len, lines_len = 0;
    bool is_cut, is_done;
    FILE *out;

    if (argc != 2) {
        (void)fputs("usage: bounce-log FILE <message\n", stderr);
        return EX_TEMPFAIL;
    }
    if (ndr_abi_version() != NDR_ABI_VERSION) {
        (void)fprintf(stderr, "bounce-log: compiled for another version of libnondelivery than %s\n", ndr_version());
        return EX_TEMPFAIL;
    }
    if (!read_message(&len, &is_cut)) {
        complain("standard input");
        return EX_TEMPFAIL;
    }
    out = open_memstream(&lines, &lines_len);
    if (out == NULL) {
        complain("memory");
        return EX_TEMPFAIL;
    }
    is_done = put_lines(out, len, is_cut);
    if (ferror(out) != 0 || fclose(out) != 0) {
        complain("memory");
        return EX_TEMPFAIL; /* the operating system frees what is left */
    }
    is_done = is_done && append_to(argv[1], lines, lines_len);
    free(lines);
    return is_done ? EX_OK : EX_TEMPFAIL;
}
