#include "cases/sketch.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, WORDS_MAX = SKETCH_GROUPS_MAX, DETAILS_SEEN_MAX = 4096, DETAIL_LEAST = 3 };

struct making {
    const struct hash_key *key;
    const struct sketch_source *source;
    struct arena *arena;
    uint64_t *words;  /* of one text */
    uint64_t *groups; /* of all */
    size_t word_count, group_count;
    uint32_t *details;
    size_t detail_count;
    struct sketch *sketch;
};

/* --- hashes --- */

/* What is hashed as one thing is found as no other. */
enum kind { KIND_WORD = 'w', KIND_DETAIL = 'd', KIND_NAME = 'n', KIND_REPORTER = 'r' };

static uint64_t never_zero(uint64_t value)
{
    return value ? value : 1;
}

/* Two steps instead of a copy: first the bytes, then their hash with the kind. */
static uint64_t hash_as(const struct hash_key *key, uint8_t kind, const void *data, size_t size)
{
    uint64_t pair[2] = {keyed_hash(key, data, size), kind};
    return never_zero(keyed_hash(key, pair, sizeof pair));
}

static int compare_64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int compare_32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts; returns how many are left when each is there once. */
static size_t settle_64(uint64_t *list, size_t count)
{
    size_t left = 0;
    qsort(list, count, sizeof *list, compare_64);
    for (size_t i = 0; i < count; i++) {
        if (left == 0 || list[left - 1] != list[i])
            list[left++] = list[i];
    }
    return left;
}

/* --- words --- */

/* A code point of folded text, which is well formed. */
static uint32_t next_sign(const char **at)
{
    const uint8_t *s = (const uint8_t *)*at;
    int more = s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
    uint32_t sign = more == 0 ? s[0] : s[0] & (0x3fu >> more);
    int i = 1;
    for (; i <= more && (s[i] & 0xc0) == 0x80; i++)
        sign = sign << 6 | (s[i] & 0x3fu);
    *at += i;
    return sign;
}

/* Scripts that are written without blanks: each sign is a word. */
static bool stands_alone(uint32_t sign)
{
    return (sign >= 0x0e00 && sign <= 0x0e7f) || (sign >= 0x3041 && sign <= 0x30ff) ||
           (sign >= 0x3400 && sign <= 0x9fff) || (sign >= 0x20000 && sign <= 0x3ffff);
}

static bool in_word(uint32_t sign)
{
    if (sign < 0x80)
        return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9');
    bool between = sign <= 0xbf || (sign >= 0x2000 && sign <= 0x206f) ||
                   (sign >= 0x3000 && sign <= 0x3020) || sign == 0x060c || sign == 0x061b ||
                   sign == 0x061f || sign == 0x0964;
    return !between;
}

static void add_word(struct making *making, const char *from, const char *to)
{
    if (to > from && making->word_count < WORDS_MAX)
        making->words[making->word_count++] =
            hash_as(making->key, KIND_WORD, from, (size_t)(to - from));
}

static void read_words(struct making *making, const char *text)
{
    const char *from = text, *at = text;
    making->word_count = 0;
    while (*at) {
        const char *here = at;
        uint32_t sign = next_sign(&at);
        bool alone = stands_alone(sign);
        if (in_word(sign) && !alone)
            continue;
        add_word(making, from, here);
        if (alone)
            add_word(making, here, at);
        from = at;
    }
    add_word(making, from, at);
}

/* A text of one word is a group too. */
static void group_words(struct making *making)
{
    size_t count = making->word_count > 1 ? making->word_count - 1 : making->word_count;
    for (size_t i = 0; i < count && making->group_count < SKETCH_GROUPS_MAX; i++) {
        uint64_t pair[2] = {making->words[i], making->word_count > 1 ? making->words[i + 1] : 0};
        making->groups[making->group_count++] = keyed_hash(making->key, pair, sizeof pair);
    }
}

/* --- details --- */

static bool is_digit(char sign)
{
    return sign >= '0' && sign <= '9';
}

static bool is_plain(char sign)
{
    return (sign >= 'a' && sign <= 'z') || is_digit(sign);
}

/* A year alone tells nothing. */
static bool is_year(const char *text, size_t size)
{
    return size == 4 && (memcmp(text, "19", 2) == 0 || memcmp(text, "20", 2) == 0) &&
           is_digit(text[2]) && is_digit(text[3]);
}

static bool is_name(const struct sketch_source *source, const char *text, size_t size)
{
    for (size_t i = 0; i < source->name_count; i++) {
        if (strlen(source->names[i]) == size && memcmp(source->names[i], text, size) == 0)
            return true;
    }
    return false;
}

static void add_detail(struct making *making, uint64_t hash)
{
    if (making->detail_count < DETAILS_SEEN_MAX)
        making->details[making->detail_count++] = (uint32_t)(hash >> 32) | 1;
}

/* A run of ASCII without blanks, less the signs around it. */
static void look_at_run(struct making *making, const char *from, const char *to)
{
    bool digit = false, address = false;
    while (from < to && !is_plain(*from))
        from++;
    while (to > from && !is_plain(to[-1]))
        to--;
    size_t size = (size_t)(to - from);
    for (const char *at = from; at < to; at++) {
        digit = digit || is_digit(*at);
        address = address || *at == '@' || (*at == '.' && is_plain(at[1]));
    }
    if ((digit || address) && size >= DETAIL_LEAST && !is_year(from, size) &&
        !is_name(making->source, from, size))
        add_detail(making, hash_as(making->key, KIND_DETAIL, from, size));
}

static void read_details(struct making *making, const char *text)
{
    const char *from = text;
    for (const char *at = text;; at++) {
        if (*at > ' ' && *at < 0x7f)
            continue;
        look_at_run(making, from, at);
        if (!*at)
            return;
        from = at + 1;
    }
}

/* --- names --- */

/* The last two labels; below a country's two letters the last three. Without a list of public
 * suffixes that is a guess, which is enough to look at two complaints together. */
static const char *domain_of(const char *name)
{
    const char *end = name + strlen(name), *at = end;
    int labels = 0, wanted = 2;
    while (at > name) {
        if (at[-1] == '.' && ++labels == 1 && end - at == 2)
            wanted = 3;
        if (labels == wanted)
            return at;
        at--;
    }
    return name;
}

static int compare_names(const void *a, const void *b)
{
    const struct sketch_name *x = a, *y = b;
    return compare_64(&x->name, &y->name);
}

static int put_names(struct making *making)
{
    const struct sketch_source *source = making->source;
    struct sketch *sketch = making->sketch;
    size_t count = source->name_count < SKETCH_NAMES_MAX ? source->name_count : SKETCH_NAMES_MAX;
    size_t left = 0;
    struct sketch_name *names = arena_array(making->arena, count + 1, sizeof *names);
    if (!names)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const char *domain = domain_of(source->names[i]);
        names[i].name = hash_as(making->key, KIND_NAME, source->names[i], strlen(source->names[i]));
        names[i].domain = hash_as(making->key, KIND_NAME, domain, strlen(domain));
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        if (left == 0 || names[left - 1].name != names[i].name)
            names[left++] = names[i];
    }
    sketch->names = names;
    sketch->name_count = left;
    return 0;
}

bool sketch_has_name(const struct hash_key *key, const struct sketch *sketch, const char *name)
{
    uint64_t hash = hash_as(key, KIND_NAME, name, strlen(name));
    for (size_t i = 0; i < sketch->name_count; i++) {
        if (sketch->names[i].name == hash)
            return true;
    }
    return false;
}

/* --- making --- */

/* Multiplies by an odd number that the place gives, so that each sample has an order of its own. */
static uint32_t order_of(uint64_t group, uint64_t place)
{
    uint64_t mixed = group ^ (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed *= UINT64_C(0xbf58476d1ce4e5b9);
    mixed ^= mixed >> 29;
    mixed *= UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(mixed >> 32);
}

static void put_samples(struct making *making)
{
    struct sketch *sketch = making->sketch;
    size_t count = settle_64(making->groups, making->group_count);
    sketch->group_count = (uint32_t)count;
    for (size_t place = 0; place < SKETCH_SAMPLES && count > 0; place++) {
        uint32_t least = UINT32_MAX;
        for (size_t i = 0; i < count; i++) {
            uint32_t order = order_of(making->groups[i], place);
            least = order < least ? order : least;
        }
        /* The low bits of a minimum are as any others; the high ones are mostly zero. */
        sketch->samples[place] = (uint16_t)least;
    }
}

static void put_details(struct making *making)
{
    struct sketch *sketch = making->sketch;
    qsort(making->details, making->detail_count, sizeof *making->details, compare_32);
    for (size_t i = 0; i < making->detail_count && sketch->detail_count < SKETCH_DETAILS_MAX; i++) {
        if (i == 0 || making->details[i] != making->details[i - 1])
            sketch->details[sketch->detail_count++] = making->details[i];
    }
}

/* Exhibits in an order of their own, so that theirs does not matter. */
static int put_exact(struct making *making)
{
    const struct sketch_source *source = making->source;
    struct sketch *sketch = making->sketch;
    size_t extra = source->exhibit_count ? source->exhibit_count : making->group_count;
    size_t used = 0;
    uint64_t *all = arena_array(making->arena, 2 + sketch->name_count + extra, sizeof *all);
    if (!all)
        return ERR_LIMIT;
    all[used++] = keyed_hash(making->key, source->type, strlen(source->type));
    all[used++] = source->exhibit_count;
    for (size_t i = 0; i < sketch->name_count; i++)
        all[used++] = sketch->names[i].name;
    size_t first = used;
    for (size_t i = 0; i < source->exhibit_count; i++)
        all[used++] = keyed_hash(making->key, &source->exhibits[i], sizeof source->exhibits[i]);
    for (size_t i = 0; source->exhibit_count == 0 && i < sketch->group_count; i++)
        all[used++] = making->groups[i];
    qsort(all + first, used - first, sizeof *all, compare_64);
    sketch->exact = never_zero(keyed_hash(making->key, all, used * sizeof *all));
    return 0;
}

static int read_source(struct making *making)
{
    const struct sketch_source *source = making->source;
    for (size_t i = 0; i < source->text_count; i++) {
        read_words(making, source->texts[i]);
        group_words(making);
        read_details(making, source->texts[i]);
    }
    for (size_t i = 0; i < source->exhibit_count; i++)
        add_detail(making, keyed_hash(making->key, &source->exhibits[i], sizeof *source->exhibits));
    int result = put_names(making);
    put_samples(making);
    put_details(making);
    return result < 0 ? result : put_exact(making);
}

uint64_t sketch_reporter(const struct hash_key *key, const char *address)
{
    return hash_as(key, KIND_REPORTER, address, strlen(address));
}

int sketch_make(const struct hash_key *key, const struct sketch_source *source, struct arena *arena,
                struct sketch *ret_sketch)
{
    struct sketch sketch = {0};
    struct making making = {.key = key, .source = source, .arena = arena, .sketch = &sketch};
    making.words = arena_array(arena, WORDS_MAX, sizeof *making.words);
    making.groups = arena_array(arena, SKETCH_GROUPS_MAX, sizeof *making.groups);
    making.details = arena_array(arena, DETAILS_SEEN_MAX, sizeof *making.details);
    if (!making.words || !making.groups || !making.details)
        return ERR_LIMIT;
    if (source->reporter[0])
        sketch.reporter = sketch_reporter(key, source->reporter);
    int result = read_source(&making);
    if (result >= 0)
        *ret_sketch = sketch;
    return result;
}

/* --- bytes --- */

struct cursor {
    uint8_t *to;
    const uint8_t *from, *end;
};

/* Least byte first, whatever the machine. */
static void put(struct cursor *cursor, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *cursor->to++ = (uint8_t)(value >> (8 * i));
}

/* 0 behind the end, which sketch_decode() has looked for before. */
static uint64_t take(struct cursor *cursor, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes && cursor->from < cursor->end; i++)
        value |= (uint64_t)*cursor->from++ << (8 * i);
    return value;
}

enum { HEAD_BYTES = 1 + 8 + 8 + 4 + 1 + 2 };

size_t sketch_encode(const struct sketch *sketch, uint8_t bytes[SKETCH_BYTES_MAX])
{
    struct cursor cursor = {.to = bytes};
    put(&cursor, VERSION, 1);
    put(&cursor, sketch->exact, 8);
    put(&cursor, sketch->reporter, 8);
    put(&cursor, sketch->group_count, 4);
    put(&cursor, sketch->detail_count, 1);
    put(&cursor, sketch->name_count, 2);
    for (size_t i = 0; i < SKETCH_SAMPLES && sketch->group_count; i++)
        put(&cursor, sketch->samples[i], 2);
    for (size_t i = 0; i < sketch->detail_count; i++)
        put(&cursor, sketch->details[i], 4);
    for (size_t i = 0; i < sketch->name_count; i++) {
        put(&cursor, sketch->names[i].name, 8);
        put(&cursor, sketch->names[i].domain, 8);
    }
    return (size_t)(cursor.to - bytes);
}

int sketch_decode(const uint8_t *bytes, size_t size, struct arena *arena, struct sketch *ret_sketch)
{
    struct cursor cursor = {.from = bytes, .end = bytes + size};
    struct sketch sketch = {0};
    if (size < HEAD_BYTES || take(&cursor, 1) != VERSION)
        return ERR_DAMAGED;
    sketch.exact = take(&cursor, 8);
    sketch.reporter = take(&cursor, 8);
    sketch.group_count = (uint32_t)take(&cursor, 4);
    sketch.detail_count = take(&cursor, 1);
    sketch.name_count = take(&cursor, 2);
    if (sketch.detail_count > SKETCH_DETAILS_MAX || sketch.name_count > SKETCH_NAMES_MAX ||
        size != HEAD_BYTES + (sketch.group_count ? (size_t)2 * SKETCH_SAMPLES : 0) +
                    4 * sketch.detail_count + 16 * sketch.name_count)
        return ERR_DAMAGED;
    for (size_t i = 0; i < SKETCH_SAMPLES && sketch.group_count; i++)
        sketch.samples[i] = (uint16_t)take(&cursor, 2);
    for (size_t i = 0; i < sketch.detail_count; i++)
        sketch.details[i] = (uint32_t)take(&cursor, 4);
    sketch.names = arena_array(arena, sketch.name_count + 1, sizeof *sketch.names);
    if (!sketch.names)
        return ERR_LIMIT;
    for (size_t i = 0; i < sketch.name_count; i++) {
        sketch.names[i].name = take(&cursor, 8);
        sketch.names[i].domain = take(&cursor, 8);
    }
    *ret_sketch = sketch;
    return 0;
}

/* --- buckets --- */

/* What is in a bucket is hashed under the key already: a public mixture of it says no more. */
static uint64_t bucket_of(uint64_t kind, const uint16_t *samples, size_t count)
{
    uint64_t value = (kind + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < count; i++) {
        value = (value ^ samples[i]) * UINT64_C(0xff51afd7ed558ccd);
        value ^= value >> 32;
    }
    return value;
}

static size_t put_bands(const struct sketch *sketch, size_t bands, size_t kind, uint64_t *list)
{
    size_t rows = bands == SKETCH_BANDS ? 6 : 3;
    for (size_t i = 0; i < bands; i++)
        list[i] = bucket_of(kind + i, sketch->samples + i * rows, rows);
    return bands;
}

size_t sketch_buckets(const struct sketch *sketch, int64_t buckets[SKETCH_BUCKETS_MAX])
{
    uint64_t list[SKETCH_BUCKETS_MAX];
    size_t count = 0;
    list[count++] = sketch->exact;
    for (size_t i = 0; i < sketch->name_count; i++) {
        list[count++] = sketch->names[i].name;
        list[count++] = sketch->names[i].domain;
    }
    if (sketch->group_count)
        count += put_bands(sketch, SKETCH_BANDS, 0, list + count);
    if (sketch->group_count && sketch->name_count == 0)
        count += put_bands(sketch, SKETCH_LONE_BANDS, SKETCH_BANDS, list + count);
    count = settle_64(list, count);
    for (size_t i = 0; i < count; i++)
        buckets[i] = (int64_t)list[i];
    return count;
}
