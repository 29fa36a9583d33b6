/* How many bytes of stack a prediction touches: it runs on a stack that was painted before, once with the
 * prediction and once without, and the difference is printed. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

enum { SIZE = 256 * 1024, PAINT = 0x5a };

static _Alignas(4096) unsigned char stack[SIZE];
static float pixels[DIGITS_INPUTS], probabilities[DIGITS_OUTPUTS];

static void *nothing(void *unused) { return unused; }

static void *predict(void *unused) {
    digits_predict(pixels, probabilities);
    return unused;
}

static size_t touched(void *(*work)(void *)) {
    memset(stack, PAINT, SIZE);
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, SIZE);
    if (pthread_create(&thread, &attributes, work, NULL) != 0) return SIZE;
    pthread_join(thread, NULL);
    size_t untouched = 0;
    while (untouched < SIZE && stack[untouched] == PAINT) untouched++;
    return SIZE - untouched;
}

int main(void) {
    digits_predict(pixels, probabilities); /* what is resolved at the first call */
    size_t without = touched(nothing);
    printf("%zu %zu\n", touched(predict) - without, DIGITS_STACK);
    return 0;
}
