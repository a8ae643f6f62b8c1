/* How a process is put together from its file; used by process*.c only. */
#ifndef BAILIWICK_RULEBOOK_PROCESS_BUILD_H
#define BAILIWICK_RULEBOOK_PROCESS_BUILD_H

#include "rulebook/process.h"
#include "rulebook/yaml.h"

struct process_memory {
    struct arena arena;
    struct calendar *calendars[PROCESS_PLACES_MAX];
    size_t calendar_count;
    struct calendar *replaced[PROCESS_VERSIONS_MAX];
    size_t replaced_count;
    struct deadline_rule *rules;
    struct zone *zones[PROCESS_PLACES_MAX];
    size_t zone_count;
};

struct process_builder {
    struct process *process;
    struct process_memory *memory;
    struct yaml_faults *faults;
    const struct process_source *source;
    const char *zoneinfo, *file;
    const struct yaml_node *groups; /* NULL when the file has none */
    const struct zone *zone;        /* of rules that name none */
    const struct calendar *calendar;
    struct stage *stages;
    struct deadline_rule *rules;
    struct edge *edges;
};

/* Reads every section; what is wrong becomes a fault. ERR_NO_MEMORY and ERR_LIMIT only. */
int process_read(struct process_builder *builder, const struct yaml_node *root);
int process_read_edges(struct process_builder *builder, const struct yaml_node *root);

/* Zone and calendar by name, loaded once. NULL with a fault at the node. */
const struct zone *process_zone(struct process_builder *builder, const char *name,
                                const struct yaml_node *at);
const struct calendar *process_calendar(struct process_builder *builder, const char *name,
                                        const struct yaml_node *at);

/* A guard of a map's key; an absent one holds always. Faults are added. */
void process_read_guard(struct process_builder *builder, const struct yaml_map *map,
                        const char *key, struct guard *ret_guard);

/* Holds the finished process to the frame F1 to F9; faults name the edge's line. */
void process_check_frame(const struct process *process, const char *file,
                         struct yaml_faults *faults);

#endif
