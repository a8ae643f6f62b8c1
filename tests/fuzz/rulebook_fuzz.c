/* Any bytes as one YAML file or one letter of a rulebook, read by its real reader: never a crash,
 * and a refusal always has said why. The first byte chooses which file it stands for. */
#include "fuzz.h"

#include "base/error.h"
#include "rulebook/rulebook.h"
#include "rulebook/sample.h"

enum { INPUT_MAX = 64 * 1024 };

static const char *const paths[] = {
    "rulebook.yaml",       "process.yaml",        "documents/deed.yaml", "profiles/all.yaml",
    "letters/first/en.md", "complaints/any.yaml", "audits/one.yaml"};

static int replace_file(const char *path, const uint8_t *data, size_t size,
                        struct rulebook_tree *ret_tree)
{
    struct tree_file files[SAMPLE_COUNT];
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        bool own = strcmp(sample_files[i].path, path) != 0;
        const char *text = sample_files[i].text;
        files[i] = (struct tree_file){sample_files[i].path, own ? (const uint8_t *)text : data,
                                      own ? strlen(text) : size};
    }
    return rulebook_tree_make(files, SAMPLE_COUNT, ret_tree, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    if (size < 1 || size > INPUT_MAX)
        return 0;
    const char *path = paths[data[0] % (sizeof paths / sizeof *paths)];
    if (replace_file(path, data + 1, size - 1, &tree) < 0)
        return 0;
    int r = rulebook_load_tree(&tree, "", &sample_vocabulary, &rulebook, &faults);
    if ((r < 0) != (rulebook == NULL) || (r == ERR_SYNTAX && yaml_faults_found(&faults) == 0))
        __builtin_trap();
    rulebook_free(rulebook);
    return 0;
}
