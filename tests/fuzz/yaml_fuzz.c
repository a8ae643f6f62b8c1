/* Any bytes as YAML: a tree within the limits, or a refusal that names a place inside the file. */
#include "fuzz.h"

#include "rulebook/yaml.h"

#include <string.h>

static size_t count_nodes(const struct yaml_node *node, int depth)
{
    size_t count = 1;
    if (depth > YAML_DEPTH_MAX || node->line < 1 || node->column < 1)
        __builtin_trap();
    if (node->kind == YAML_SCALAR && !node->text)
        __builtin_trap();
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_MAP && yaml_find(node, node->keys[i]->text) != node->items[i])
            __builtin_trap();
        count += count_nodes(node->items[i], depth + 1);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    const struct yaml_node *root = NULL;
    arena_init(&arena, 256 << 20);
    yaml_faults_init(&faults);
    int r = yaml_parse("f", data, size, &arena, &faults, &root);
    if ((r < 0) != (root == NULL) || (r < 0) != (yaml_faults_found(&faults) > 0))
        __builtin_trap();
    if (root && count_nodes(root, 0) > 2 * YAML_NODES_MAX)
        __builtin_trap();
    return 0;
}
