/* Eight threads classify the same texts at once, and parse the same messages: `threads REPLIES BOUNCES`. All have to print the same. */
#include <pthread.h>

#include "print.h"

#define THREADS 8
#define TEXTS 4096

static struct {
    char *text;
    size_t length;
} texts[TEXTS];

static size_t count, first_message;

static void *work(void *unused) {
    char *printed;
    size_t size, at;
    FILE *out = open_memstream(&printed, &size);
    (void)unused;
    if (out == NULL) {
        abort();
    }
    for (at = 0; at < count; at++) {
        if (at < first_message) {
            ndr_verdict verdict;
            ndr_classify(texts[at].text, texts[at].length, &verdict);
            print_verdict(out, &verdict);
        } else {
            char *scratch = exactly(texts[at].length);
            ndr_bounce bounce;
            ndr_recipient recipient;
            ndr_bounce_parse(texts[at].text, texts[at].length, scratch, texts[at].length, &bounce);
            while (ndr_bounce_next(&bounce, &recipient)) {
                print_recipient(out, &recipient);
            }
            free(scratch);
        }
    }
    fclose(out);
    return printed;
}

static void read_records(const char *path) {
    FILE *file = fopen(path, "rb");
    while (file != NULL && count < TEXTS && (texts[count].text = next_record(file, &texts[count].length)) != NULL) {
        count++;
    }
    if (file != NULL) {
        fclose(file);
    }
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS];
    char *first;
    size_t at;
    int different = 0;
    if (argc != 3) {
        return 2;
    }
    read_records(argv[1]);
    first_message = count;
    read_records(argv[2]);
    for (at = 0; at < THREADS; at++) {
        if (pthread_create(&threads[at], NULL, work, NULL) != 0) {
            return 2;
        }
    }
    first = (char *)work(NULL);
    for (at = 0; at < THREADS; at++) {
        void *printed;
        pthread_join(threads[at], &printed);
        different |= strcmp(first, (char *)printed) != 0;
        free(printed);
    }
    printf("%zu texts, %zu bytes\n", count, strlen(first));
    free(first);
    for (at = 0; at < count; at++) {
        free(texts[at].text);
    }
    return different;
}
