/* Reads images of 784 bytes from standard input and names what each shows. */
#include <stdio.h>

#include "digits.h"

static const char *const NAMES[DIGITS_OUTPUTS] = {
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};

int main(void) {
    unsigned char bytes[DIGITS_INPUTS];
    while (fread(bytes, 1, sizeof bytes, stdin) == sizeof bytes) {
        float pixels[DIGITS_INPUTS], probabilities[DIGITS_OUTPUTS];
        for (int i = 0; i < DIGITS_INPUTS; i++) pixels[i] = (float)bytes[i] / 255.0f;
        digits_predict(pixels, probabilities);
        int best = 0;
        for (int i = 1; i < DIGITS_OUTPUTS; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        printf("%s %a\n", NAMES[best], (double)probabilities[best]);
    }
    fprintf(stderr, "%zu bytes of stack for a prediction\n", DIGITS_STACK);
    return 0;
}
