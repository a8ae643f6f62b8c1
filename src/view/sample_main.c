/* Writes the sample pages, feeds and one letter to a folder: `view_sample DIR`. For
 * sample_check.py, which reads them with parsers that share nothing with this program, and for
 * people's eyes. */
#include "view/letter.h"
#include "view/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

static void save(const char *name, const struct buffer *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wbe");
    if (!file || fwrite(bytes->data, 1, bytes->size, file) != bytes->size || fclose(file) != 0)
        abort();
}

static void need(int result, const struct error_detail *detail)
{
    if (result < 0) {
        fprintf(stderr, "view_sample: %s\n", error_words(detail, result));
        exit(1);
    }
}

static void make_letter(struct letter *ret_letter)
{
    static const char text[] =
        "---\nsubject: \"{{step_name}}: {{subject}} – {{case_id}}\"\n---\nDear {{party_name}},\n\n"
        "under **{{obligation_clause}}** of the *{{document_title}}* you promised:\n\n"
        "> {{obligation_statement}}\n\nWe saw otherwise.\n\n{{#demands}}\n{{number}}. "
        "{{text}}\n{{/demands}}\n\n"
        "Please cure by **{{deadline_weekday}} {{deadline_date}} ({{deadline_zone}})**.\n";
    JSON_CLEANUP json_t *context = json_object();
    for (size_t i = 0; i < letter_placeholder_count; i++)
        json_object_set_new(context, letter_placeholders[i].name,
                            json_string(letter_placeholders[i].summary));
    json_object_set_new(context, "party_name", json_string("Bücher & Söhne \"Registry\""));
    json_object_set_new(context, "demands",
                        json_pack("[{s:i,s:s}]", "number", 1, "text", "Logs, please."));
    json_object_set_new(context, "demo", json_false());
    const struct letter_request request = {.template_text = text,
                                           .template_size = sizeof text - 1,
                                           .context = context,
                                           .from = "compliance@authority.example",
                                           .from_name = "Die Behörde",
                                           .to = "legal@registry.example",
                                           .message_id = "c-7.4@authority.example",
                                           .date = sample_site.made_at};
    struct error_detail detail = {0};
    need(letter_render(&request, ret_letter, &detail), &detail);
}

static void save_notice(const struct notice_record *record, const json_t *notice)
{
    struct error_detail detail = {0};
    BUFFER_CLEANUP struct buffer out;
    char name[64];
    buffer_init(&out, 1 << 20);
    need(notice_page(notice, &sample_site, &out, &detail), &detail);
    snprintf(name, sizeof name, "%s.html", record->id);
    save(name, &out);
    buffer_clear(&out);
    need(notice_json(record, &sample_site, &out), &detail);
    snprintf(name, sizeof name, "%s.json", record->id);
    save(name, &out);
}

static int make_all(const struct notice_list *list, const struct site *site, struct buffer *out,
                    struct error_detail *detail)
{
    return notice_list_page(list, /* filter= */ NULL, site, out, detail);
}

static void save_public(void)
{
    static const struct {
        const char *name;
        int (*make)(const struct notice_list *, const struct site *, struct buffer *,
                    struct error_detail *);
    } lists[] = {{"index.html", notice_index_page},
                 {"notices.html", make_all},
                 {"feed.atom", feed_atom},
                 {"feed.json", feed_json}};
    struct notice_record records[SAMPLE_NOTICES];
    json_t *notices[SAMPLE_NOTICES];
    const struct notice_list list = {(const json_t *const *)notices, SAMPLE_NOTICES};
    sample_notices(records);
    for (size_t i = 0; i < SAMPLE_NOTICES; i++) {
        notices[i] = sample_published(&records[i]);
        save_notice(&records[i], notices[i]);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct error_detail detail = {0};
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, 1 << 20);
        need(lists[i].make(&list, &sample_site, &out, &detail), &detail);
        save(lists[i].name, &out);
    }
    for (size_t i = 0; i < SAMPLE_NOTICES; i++)
        json_decref(notices[i]);
}

static void save_staff(void)
{
    const struct staff_frame frame = {
        .authority_name = "The Example Authority", .user = "ann", .role = "analyst", .csrf = "x"};
    for (enum staff_page page = 0; page < STAFF_PAGE_COUNT; page++) {
        JSON_CLEANUP json_t *context = sample_context(page, NULL);
        BUFFER_CLEANUP struct buffer out;
        struct error_detail detail = {0};
        char name[64];
        buffer_init(&out, 1 << 20);
        need(staff_page_render(page, context, &frame, &out, &detail), &detail);
        snprintf(name, sizeof name, "staff-%s.html", staff_page_text(page));
        save(name, &out);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    folder = argv[1];
    LETTER_CLEANUP struct letter letter = {0};
    make_letter(&letter);
    save("letter.eml", &letter.message);
    save_public();
    save_staff();
    return 0;
}
