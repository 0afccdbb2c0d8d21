/* The reference ladder by hand in C, hours as doubles: what one core can do with one loop.
   cc -O3 -march=native reference_ladder.c -o ladder -lm; ./ladder RUNS SEED
   Prints processor seconds, and the shares that ended in a clash and that saw the coordinated
   response. Random numbers: xoshiro256+ by D. Blackman and S. Vigna (public domain). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state[4];

static inline uint64_t turned(uint64_t word, int by) { return (word << by) | (word >> (64 - by)); }

static inline double uniform(void)
{
    uint64_t found = state[0] + state[3], shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = turned(state[3], 45);
    return (double)(found >> 11) * 0x1p-53;
}

static inline double between(double low, double high) { return low + (high - low) * uniform(); }
static inline double exponential(double mean) { return -mean * log(1.0 - uniform()); }

static inline double triangular(double low, double likely, double high)
{
    double u = uniform(), rising = (likely - low) / (high - low);
    if (u < rising)
        return low + sqrt(u * (high - low) * (likely - low));
    return high - sqrt((1.0 - u) * (high - low) * (high - likely));
}

/* What a step of the response may lead to: with a chance, an end after an exponential time. */
static inline void perhaps(double now, double chance, double mean, int how, double *end, int *clash)
{
    if (uniform() < chance) {
        double then = now + exponential(mean);
        if (then < *end) {
            *end = then;
            *clash = how;
        }
    }
}

int main(int count, char **given)
{
    long runs = count > 1 ? atol(given[1]) : 1000000, clashes = 0, coordinated = 0;
    state[0] = count > 2 ? (uint64_t)atol(given[2]) : 1;
    state[1] = 2, state[2] = 3, state[3] = 4;
    for (int i = 0; i < 20; i++)
        uniform();
    clock_t begun = clock();
    for (long run = 0; run < runs; run++) {
        int extensive = uniform() < 0.4, clash = 0;
        double end = exponential(extensive ? 150.0 : 60.0);
        if (end > 720.0)
            end = 720.0;
        double attributed = between(2.0, 12.0);
        double warned = attributed + triangular(1.0, 4.0, 24.0);
        double engaged = attributed + between(6.0, 24.0);
        if (warned < end)
            perhaps(warned, 0.30, 12.0, 0, &end, &clash);
        if (engaged < end) {
            perhaps(engaged, 0.20, 24.0, 0, &end, &clash);
            double coalition = engaged - 18.0 * log((1.0 - uniform()) * (1.0 - uniform()));
            if (coalition < end) {
                perhaps(coalition, 0.25, 12.0, 1, &end, &clash);
                perhaps(coalition, 0.35, 36.0, 0, &end, &clash);
                double together = (coalition > 72.0 ? coalition : 72.0) + between(0.0, 24.0);
                if (extensive && together < end) {
                    coordinated++;
                    perhaps(together, 0.40, 8.0, 1, &end, &clash);
                    perhaps(together, 0.50, 24.0, 0, &end, &clash);
                }
            }
        }
        clashes += clash;
    }
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    printf("%.9f %.5f %.5f\n", seconds, (double)clashes / runs, (double)coordinated / runs);
    return 0;
}
