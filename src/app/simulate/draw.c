#include "app/simulate/draw.h"

/* The finaliser of SplitMix64: every bit of the input reaches every bit of the output. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t draw_bits(uint64_t seed, struct draw draw)
{
    return mix(mix(mix(mix(seed) ^ (uint64_t)draw.purpose) ^ draw.matter) ^ draw.nth);
}

uint32_t draw_below(uint64_t seed, struct draw draw, uint32_t below)
{
    return (uint32_t)(((draw_bits(seed, draw) >> 32) * below) >> 32);
}

bool draw_share(uint64_t seed, struct draw draw, int64_t share)
{
    return draw_below(seed, draw, DRAW_WHOLE) < share;
}

static int64_t whole_root(int64_t square)
{
    int64_t root = 0;
    for (int64_t bit = INT64_C(1) << 30; bit; bit >>= 1) {
        if ((root + bit) * (root + bit) <= square)
            root += bit;
    }
    return root;
}

int64_t draw_between(uint64_t seed, struct draw draw, const struct draw_triangle *triangle)
{
    int64_t width = triangle->most - triangle->least, left = triangle->usual - triangle->least;
    int64_t at = draw_below(seed, draw, 1 << 20);
    if (width <= 0)
        return triangle->least;
    /* The inverse of the distribution, with `at` of 2^20 as the probability. */
    if (at * width < left << 20)
        return triangle->least + whole_root(((at * width) >> 10) * left >> 10);
    return triangle->most - whole_root((((((int64_t)1 << 20) - at) * width) >> 10) *
                                           (triangle->most - triangle->usual) >>
                                       10);
}

uint64_t draw_key(const char *text)
{
    uint64_t key = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        key = (key ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return key;
}
