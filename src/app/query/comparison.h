/* rebuild.check: what is stored beside what the events say. */
#ifndef BAILIWICK_APP_QUERY_COMPARISON_H
#define BAILIWICK_APP_QUERY_COMPARISON_H

#include "app/casework/casefile.h"
#include "app/query.h"
#include "model/case.h"

/* `table` and `key` name the row that is looked at, `case_id` its case, "" for none. */
struct comparison {
    struct query_call *call;
    json_t *differences;
    const char *table, *key, *case_id;
    int64_t cases, complaints;      /* looked at */
    int64_t buckets;                /* of sketches, stored, and where they belong */
    int64_t open[STAGE_KIND_COUNT]; /* cases, counted */
};

/* Takes both; null for what is not there. */
void comparison_differ(struct comparison *at, const char *field, json_t *stored, json_t *folded);
void comparison_text(struct comparison *at, const char *field, const char *stored,
                     const char *folded);
void comparison_number(struct comparison *at, const char *field, int64_t stored, int64_t folded);

/* The links of a case (comparison_links.c). */
int comparison_links(struct comparison *at, struct casefile *file);

/* Every complaint, and who is joined to whom (comparison_complaints.c). */
int comparison_complaints(struct comparison *at);

/* The buckets of a complaint's sketch that are missing; and, after all complaints, those that are
 * too many (comparison_buckets.c). The arena holds what is read. */
int comparison_buckets(struct comparison *at, const char *reference, struct arena *arena);
int comparison_buckets_extra(struct comparison *at);

/* Rows of no case and no complaint (comparison_lost.c). */
int comparison_lost(struct comparison *at);

#endif
