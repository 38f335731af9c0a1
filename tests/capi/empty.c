/* A program that does nothing: what valgrind counts here is the C library's own. */
int main(void) {
    return 0;
}
