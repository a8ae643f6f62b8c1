/* Asked by tests/model/model.py:
 *   case_model model DIR             the process of this rulebook as Promela
 *   case_model search DIR FILE whole|facts|people [everything]
 *                                    what leads out of every state that case_apply() reaches
 *   case_model traces DIR FILE SEED COUNT LENGTH
 *                                    random walks of the engine, for the model to follow */
#include "base/buffer.h"
#include "base/text.h"
#include "cases/promela.h"
#include "rulebook/yaml.h"
#include "search.h"
#include "steps.h"
#include "traces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_model(const struct process *process)
{
    BUFFER_CLEANUP struct buffer out;
    struct error_detail detail = {""};
    buffer_init(&out, PROMELA_MAX);
    if (promela_print(process, &out, &detail) < 0) {
        fprintf(stderr, "%s\n", detail.text);
        return 1;
    }
    return fwrite(out.data, 1, out.size, stdout) == out.size ? 0 : 1;
}

static int load(const char *directory, struct process **ret_process)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    yaml_faults_init(&faults);
    int result = process_load(directory, NULL, &faults, ret_process);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s:%d: %s\n", faults.items[i].file, faults.items[i].line,
                faults.items[i].message);
    return result;
}

static int search(const struct process *process, const char *path, const char *form,
                  bool everything)
{
    static const char *const forms[] = {"whole", "facts", "people"};
    int found = text_index(forms, sizeof forms / sizeof *forms, form);
    return found < 0 ? 2 : search_engine(process, (enum search_form)found, everything, path);
}

int main(int argc, char **argv)
{
    struct process *process = NULL;
    int code = 2;
    if (argc < 3 || load(argv[2], &process) < 0)
        return code;
    bool everything = argc == 6 && strcmp(argv[5], "everything") == 0;
    steps_know(process, everything);
    if (strcmp(argv[1], "model") == 0)
        code = print_model(process);
    else if (strcmp(argv[1], "search") == 0 && argc == 5 + everything)
        code = search(process, argv[3], argv[4], everything);
    else if (strcmp(argv[1], "traces") == 0 && argc == 7)
        code = traces_write(process, argv[3], strtoull(argv[4], NULL, 10), atoi(argv[5]),
                            atoi(argv[6]));
    process_free(process);
    return code;
}
