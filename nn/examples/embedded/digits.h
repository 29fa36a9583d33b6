/* A trained network as a C library: 28x28 gray images to ten kinds of clothes (Fashion-MNIST).
 *
 *     cargo build --release                                                   (libdigits.a, libdigits.so)
 *     cc -O2 main.c target/release/libdigits.a -Wl,--gc-sections -o main
 *     cc -O2 main.c target/release/libdigits.so -Wl,-rpath,target/release -o main
 *
 * Thread-safe; allocates nothing and cannot fail. */
#ifndef DIGITS_H
#define DIGITS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DIGITS_INPUTS 784
#define DIGITS_OUTPUTS 10

/* Stack that the numbers of one prediction need, in bytes. */
extern const size_t DIGITS_STACK;

/* pixels: row by row, from 0 (black) to 1 (white).
 * probabilities: of T-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot; they
 * sum to 1. */
void digits_predict(const float pixels[DIGITS_INPUTS], float probabilities[DIGITS_OUTPUTS]);

#ifdef __cplusplus
}
#endif

#endif
