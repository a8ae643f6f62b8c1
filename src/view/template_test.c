#include "view/template.h"

#include "refusal.h"
#include "view/asset.h"
#include "view/catalogue.h"
#include "view/markup.h"
#include "view/template_parse.h"

#include <stdio.h>
#include <string.h>

struct example {
    const char *what, *context, *text, *wanted;
};

static int render(enum template_form form, bool strict, const char *context, const char *text,
                  struct buffer *out)
{
    JSON_CLEANUP json_t *json = NULL;
    assert_int_equal(json_parse(context, strlen(context), &json, NULL), 0);
    struct template_request request = {.form = form, .strict = strict, .context = json};
    buffer_init(out, 1 << 20);
    return template_render("test", text, strlen(text), &request, out, NULL);
}

static void run(enum template_form form, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        BUFFER_CLEANUP struct buffer out;
        int result = render(form, /* strict= */ false, examples[i].context, examples[i].text, &out);
        if (result < 0 || strcmp(buffer_text(&out), examples[i].wanted) != 0)
            fail_msg("%s: %d \"%s\", wanted \"%s\"", examples[i].what, result, buffer_text(&out),
                     examples[i].wanted);
    }
}
#define RUN(form, examples) run(form, examples, sizeof(examples) / sizeof *(examples))

/* The behaviour that mustache(5) and its public specification describe. */
static void language_is_mustache(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"plain text", "{}", "a { b } c", "a { b } c"},
        {"variable", "{\"a\":\"x\"}", "<{{a}}>", "<x>"},
        {"blanks in the tag", "{\"a\":\"x\"}", "<{{ a }}>", "<x>"},
        {"blanks around stay", "{\"a\":\"x\"}", "  {{a}}\n", "  x\n"},
        {"number", "{\"a\":85}", "{{a}}", "85"},
        {"decimal", "{\"a\":1.25}", "{{a}}", "1.25"},
        {"null", "{\"a\":null}", "({{a}})", "()"},
        {"missing", "{}", "({{a}})", "()"},
        {"not escaped here", "{\"a\":\"<&>\"}", "{{a}} {{{a}}} {{&a}}", "<&> <&> <&>"},
        {"dotted", "{\"a\":{\"b\":{\"c\":\"x\"}}}", "{{a.b.c}}", "x"},
        {"dotted, broken", "{\"a\":{}}", "({{a.b.c}})", "()"},
        {"dotted, first part decides", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}",
         "{{#a}}({{b.c}}){{/a}}", "()"},
        {"itself", "\"x\"", "{{.}}", "x"},
        {"section true", "{\"a\":true}", "{{#a}}x{{/a}}", "x"},
        {"section false", "{\"a\":false}", "({{#a}}x{{/a}})", "()"},
        {"section null", "{\"a\":null}", "({{#a}}x{{/a}})", "()"},
        {"section missing", "{}", "({{#a}}x{{/a}})", "()"},
        {"section empty text", "{\"a\":\"\"}", "({{#a}}x{{/a}})", "()"},
        {"section zero", "{\"a\":0}", "{{#a}}{{.}}{{/a}}", "0"},
        {"section object", "{\"a\":{\"b\":\"x\"}}", "{{#a}}{{b}}{{/a}}", "x"},
        {"section sees outside", "{\"a\":{},\"b\":\"x\"}", "{{#a}}{{b}}{{/a}}", "x"},
        {"inner hides outer", "{\"a\":{\"b\":\"in\"},\"b\":\"out\"}", "{{#a}}{{b}}{{/a}}{{b}}",
         "inout"},
        {"list", "{\"a\":[{\"n\":1},{\"n\":2}]}", "{{#a}}{{n}},{{/a}}", "1,2,"},
        {"empty list", "{\"a\":[]}", "({{#a}}x{{/a}})", "()"},
        {"list of texts", "{\"a\":[\"x\",\"y\"]}", "{{#a}}({{.}}){{/a}}", "(x)(y)"},
        {"list of lists", "{\"a\":[[1,2],[3]]}", "{{#a}}({{#.}}{{.}}{{/.}}){{/a}}", "(12)(3)"},
        {"the same nested", "{\"a\":true}", "{{#a}}1{{#a}}2{{/a}}3{{/a}}", "123"},
        {"inverted false", "{\"a\":false}", "{{^a}}x{{/a}}", "x"},
        {"inverted missing", "{}", "{{^a}}x{{/a}}", "x"},
        {"inverted list", "{\"a\":[1]}", "({{^a}}x{{/a}})", "()"},
        {"inverted empty list", "{\"a\":[]}", "{{^a}}x{{/a}}", "x"},
        {"section alone on its line", "{\"a\":true}", "1\n  {{#a}}\n2\n  {{/a}}\n3\n", "1\n2\n3\n"},
        {"with line ends of two bytes", "{\"a\":true}", "|\r\n{{#a}}\r\n{{/a}}\r\n|", "|\r\n|"},
        {"first line", "{\"a\":true}", "  {{#a}}\nx{{/a}}\n", "x\n"},
        {"last line", "{\"a\":true}", "{{#a}}x\n  {{/a}}", "x\n"},
        {"not alone", "{\"a\":true}", " {{#a}}x{{/a}}\n {{#a}}y{{/a}}\n", " x\n y\n"},
        {"comment", "{}", "1{{! two }}3", "13"},
        {"comment over lines", "{}", "1{{!\n two\n}}3\n", "13\n"},
        {"comment alone", "{}", "1\n {{! two }} \n3\n", "1\n3\n"},
        {"delimiters", "{\"a\":\"x\"}", "{{=<% %>=}}(<%a%>){{a}}", "(x){{a}}"},
        {"delimiters of one byte", "{\"a\":\"x\"}", "({{=[ ]=}}[a])", "(x)"},
        {"delimiters and back", "{\"a\":\"x\"}", "{{=| |=}}|a||={{ }}=|{{a}}", "xx"},
        {"delimiters alone", "{}", "1\n  {{=@ @=}}\n2", "1\n2"},
    };
    RUN(TEMPLATE_BARE, examples);
}

static const char *find_part(const void *from, const char *name, size_t *ret_size)
{
    const char *const *parts = from;
    for (; parts[0]; parts += 2) {
        if (strcmp(parts[0], name) == 0) {
            *ret_size = strlen(parts[1]);
            return parts[1];
        }
    }
    return NULL;
}

static void partials_are_indented_and_bounded(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "p",    "|\n{{a}}\n|\n", "inline",
        ">\n>", "deep",          "{{#a}}{{n}}<{{#c}}{{>deep}}{{/c}}>{{/a}}",
        "loop", "{{>loop}}",     NULL};
    static const struct example examples[] = {
        {"indented", "{\"a\":\"x\\ny\"}", "\\\n {{>p}}\n/\n", "\\\n |\n x\ny\n |\n/\n"},
        {"inline", "{}", "| {{> inline}}\n", "| >\n>\n"},
        {"missing", "{}", "({{>none}})", "()"},
        {"line end taken", "{}", "|\r\n{{>none}}\r\n|", "|\r\n|"},
        {"recursive", "{\"a\":{\"n\":1,\"c\":[{\"a\":{\"n\":2,\"c\":[]}}]}}", "{{>deep}}",
         "1<2<>>"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        JSON_CLEANUP json_t *json = NULL;
        json_parse(examples[i].context, strlen(examples[i].context), &json, NULL);
        struct template_request request = {
            .form = TEMPLATE_BARE, .context = json, .find_partial = find_part, .partials = parts};
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, 4096);
        assert_int_equal(template_render("test", examples[i].text, strlen(examples[i].text),
                                         &request, &out, NULL),
                         0);
        assert_string_equal(buffer_text(&out), examples[i].wanted);
        struct error_detail detail = {0};
        assert_int_equal(template_render("test", "{{>loop}}", 9, &request, &out, &detail),
                         ERR_LIMIT);
    }
}

/* Escaping follows the place. */
static void hostile_text_stays_text(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"text", "{\"a\":\"<script>'&\\\"\"}", "<p>{{a}}</p>",
         "<p>&lt;script&gt;&#39;&amp;&quot;</p>"},
        {"attribute", "{\"a\":\"\\\" onclick='x'\"}", "<p title=\"{{a}}\">",
         "<p title=\"&quot; onclick=&#39;x&#39;\">"},
        {"address", "{\"a\":\"https://x.example/?a=1&b=2\"}", "<a href=\"{{a}}\">",
         "<a href=\"https://x.example/?a=1&amp;b=2\">"},
        {"script address", "{\"a\":\"javascript:alert(1)\"}", "<a href=\"{{a}}\">",
         "<a href=\"#\">"},
        {"script address, cased", "{\"a\":\"JaVaScRiPt:1\"}", "<a href='{{a}}'>", "<a href='#'>"},
        {"data address", "{\"a\":\"data:text/html,x\"}", "<a href=\"{{a}}\">", "<a href=\"#\">"},
        {"blank before", "{\"a\":\" javascript:1\"}", "<a href=\"{{a}}\">", "<a href=\"#\">"},
        {"tab inside", "{\"a\":\"java\\tscript:1\"}", "<a href=\"{{a}}\">", "<a href=\"#\">"},
        {"other host", "{\"a\":\"//evil.example\"}", "<form action=\"{{a}}\">",
         "<form action=\"#\">"},
        {"own path", "{\"a\":\"/cases/1\"}", "<a href=\"{{a}}\">", "<a href=\"/cases/1\">"},
        {"component", "{\"a\":\"../x?y#z&\\\"\"}", "<a href=\"/n/{{a}}\">",
         "<a href=\"/n/..%2Fx%3Fy%23z%26%22\">"},
        {"two in one", "{\"a\":\"javascript\",\"b\":\":1\"}", "<a href=\"{{a}}{{b}}\">",
         "<a href=\"javascript%3A1\">"},
        {"after a tag", "{\"a\":\"<\"}", "<a href=\"x\">{{a}}</a>", "<a href=\"x\">&lt;</a>"},
        {"greater in a value", "{\"a\":\"\\\"\"}", "<p title=\"a>b\" lang=\"{{a}}\">",
         "<p title=\"a>b\" lang=\"&quot;\">"},
        {"control bytes", "{\"a\":\"a\\u0001\\u0085b\"}", "{{a}}",
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {"line ends of mail", "{\"a\":\"a\\r\\nb\\rc\"}", "{{a}}",
         "a\nb\xef\xbf\xbd"
         "c"},
        {"section in a tag", "{\"a\":true}", "<p {{#a}}hidden{{/a}}>", "<p hidden>"},
    };
    RUN(TEMPLATE_HTML, examples);
}

static void values_cannot_become_lines_of_a_mail(void **state)
{
    (void)state;
    static const struct example mail[] = {
        {"lines", "{\"a\":\"a\\r\\nBcc: b\"}", "{{a}}", "a Bcc: b"},
        {"overrides", "{\"a\":\"a\\u202eb\\u2066\"}", "{{a}}",
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"},
    };
    RUN(TEMPLATE_TEXT, mail);
}

static void places_without_safe_escaping_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<{{a}}>",
        "<p {{a}}>",
        "<p title={{a}}>",
        "<script>{{a}}</script>",
        "<style>{{a}}</style>",
        "<!-- {{a}} -->",
        "<p onclick=\"{{a}}\">",
        "<p style=\"{{a}}\">",
        "<iframe srcdoc=\"{{a}}\">",
        "<p title=\"{{{a}}}\">",
        "<p title=\"{{>p}}\">",
        "{{#a}}<p title=\"{{/a}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        BUFFER_CLEANUP struct buffer out;
        assert_int_equal(
            render(TEMPLATE_HTML, /* strict= */ false, "{\"a\":\"x\"}", texts[i], &out),
            ERR_SYNTAX);
    }
}

static void broken_templates_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"{{a",     "{{#a}}",  "{{/a}}", "{{#a}}{{#b}}{{/a}}{{/b}}",
                                        "{{=x=}}", "{{}}",    "{{#}}",  "{{={{ ==}}",
                                        "{{{a}}",  "{{a\nb}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        BUFFER_CLEANUP struct buffer out;
        int result = render(TEMPLATE_BARE, /* strict= */ false, "{}", texts[i], &out);
        if (result != ERR_SYNTAX)
            fail_msg("%s: %d", texts[i], result);
    }
    BUFFER_CLEANUP struct buffer deep, out;
    buffer_init(&deep, 200);
    for (int i = 0; i < 25; i++)
        buffer_append_text(&deep, "{{#a}}");
    assert_int_equal(render(TEMPLATE_BARE, /* strict= */ false, "{}", buffer_text(&deep), &out),
                     ERR_SYNTAX);
}

static void strict_mode_wants_every_name(void **state)
{
    (void)state;
    static const char *const texts[] = {"{{a}}", "{{#a}}x{{/a}}", "{{^a}}x{{/a}}", "{{b.c}}",
                                        "{{>none}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        BUFFER_CLEANUP struct buffer out;
        assert_int_equal(render(TEMPLATE_HTML, /* strict= */ true, "{\"b\":{}}", texts[i], &out),
                         ERR_NOT_FOUND);
    }
    BUFFER_CLEANUP struct buffer out;
    assert_int_equal(
        render(TEMPLATE_HTML, /* strict= */ true, "{\"a\":null}", "({{a}}{{#a}}x{{/a}})", &out), 0);
    assert_string_equal(buffer_text(&out), "()");
}

static void markup_is_its_own_type(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = json_pack("{s:s}", "a", "<b>");
    MARKUP_CLEANUP struct markup markup;
    markup_init(&markup);
    buffer_append_text(&markup.bytes, "<em>x</em>");
    const struct template_markup row = {"m", &markup};
    struct template_request request = {.form = TEMPLATE_HTML,
                                       .strict = true,
                                       .context = context,
                                       .markups = &row,
                                       .markup_count = 1};
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    assert_int_equal(template_render("test", "{{{m}}}", 7, &request, &out, NULL), 0);
    assert_string_equal(buffer_text(&out), "<em>x</em>");
    assert_int_equal(template_render("test", "{{{a}}}", 7, &request, &out, NULL), ERR_NOT_FOUND);
    assert_int_equal(template_render("test", "{{m}}", 5, &request, &out, NULL), ERR_NOT_FOUND);
}

static void catalogue_texts_take_names_of_the_page(void **state)
{
    (void)state;
    const struct catalogue_row rows[] = {{"a", "<{{n}}> & more"}};
    const struct catalogue catalogue = {"en", rows, 1};
    JSON_CLEANUP json_t *context = json_pack("{s:s}", "n", "'");
    struct template_request request = {
        .form = TEMPLATE_HTML, .strict = true, .context = context, .catalogue = &catalogue};
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    assert_int_equal(template_render("test", "<p title=\"{{text.a}}\">", 22, &request, &out, NULL),
                     0);
    assert_string_equal(buffer_text(&out), "<p title=\"&lt;&#39;&gt; &amp; more\">");
    assert_int_equal(template_render("test", "{{text.b}}", 10, &request, &out, NULL),
                     ERR_NOT_FOUND);
}

static void output_has_a_ceiling(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = json_pack("{s:[i,i,i,i]}", "a", 1, 2, 3, 4);
    struct template_request request = {.form = TEMPLATE_BARE, .context = context};
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 10);
    const char text[] = "{{#a}}xxxx{{/a}}";
    assert_int_equal(template_render("test", text, sizeof text - 1, &request, &out, NULL),
                     ERR_LIMIT);
    /* 4^12 empty visits print nothing: the count of nodes stops them */
    BUFFER_CLEANUP struct buffer nested;
    buffer_init(&nested, 200);
    for (int i = 0; i < 12; i++)
        buffer_append_text(&nested, "{{#a}}");
    for (int i = 0; i < 12; i++)
        buffer_append_text(&nested, "{{/a}}");
    assert_int_equal(
        template_render("test", buffer_text(&nested), nested.size, &request, &out, NULL),
        ERR_LIMIT);
}

static const char *partial_of_sections(const void *from, const char *name, size_t *ret_size)
{
    static const char text[] = "{{#a}}{{#a}}{{#a}}{{>p}}{{/a}}{{/a}}{{/a}}";
    (void)from, (void)name;
    *ret_size = sizeof text - 1;
    return text;
}

static void refusals_name_the_template_and_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *context, *text;
        int code;
        const char *words;
    } rows[] = {
        {"{}", "x\n{{a}}", ERR_NOT_FOUND, "page:2: no value for 'a'"},
        {"{\"a\":{}}", "x\n\n{{a}}", ERR_SYNTAX, "page:3: 'a' is not a text"},
        {"{\"a\":[]}", "{{a}}", ERR_SYNTAX, "page:1: 'a' is not a text"},
        {"{\"a\":1}", "{{>p}}", ERR_LIMIT, "p:1: nested too deeply"},
        {"{}", "{{a", ERR_SYNTAX, "page:1: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        JSON_CLEANUP json_t *context = NULL;
        assert_int_equal(json_parse(rows[i].context, strlen(rows[i].context), &context, NULL), 0);
        const struct template_request request = {.form = TEMPLATE_BARE,
                                                 .strict = true,
                                                 .context = context,
                                                 .find_partial = partial_of_sections};
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, 4096);
        struct error_detail detail = {0};
        assert_refused(
            template_render("page", rows[i].text, strlen(rows[i].text), &request, &out, &detail),
            rows[i].code, &detail, rows[i].words);
    }
}

static void a_template_that_is_too_large_or_unknown_is_named(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = json_object();
    const struct template_request request = {.context = context};
    BUFFER_CLEANUP struct buffer out;
    MARKUP_CLEANUP struct markup page;
    struct error_detail detail = {0};
    buffer_init(&out, 4096);
    markup_init(&page);
    assert_refused(template_render("vast", "", TEMPLATE_SIZE_MAX + 1, &request, &out, &detail),
                   ERR_LIMIT, &detail, "vast: larger than 262144 bytes");
    assert_refused(template_render_asset("none.html", &request, &page, &detail), ERR_NOT_FOUND,
                   &detail, "no template 'none.html'");
}

/* Every template of ours parses as the HTML or XML that it is; unknown names fail, so a template
 * that stands in an unsafe place would be told apart from one that lacks its context. */
static void compiled_in_templates_are_well_placed(void **state)
{
    (void)state;
    size_t count;
    const struct asset *assets = asset_list(&count);
    JSON_CLEANUP json_t *empty = json_object();
    for (size_t i = 0; i < count; i++) {
        if (strncmp(assets[i].name, "static/", 7) == 0)
            continue;
        struct template_request request = {
            .form = TEMPLATE_HTML, .context = empty, .catalogue = catalogue_find("en")};
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, 1 << 20);
        struct error_detail detail = {0};
        int result = template_render(assets[i].name, assets[i].data, assets[i].size, &request, &out,
                                     &detail);
        if (result < 0 && result != ERR_NOT_FOUND)
            fail_msg("%s: %s", assets[i].name, detail.text);
    }
    assert_true(count > 10);
}

TEST_MAIN(cmocka_unit_test(language_is_mustache),
          cmocka_unit_test(partials_are_indented_and_bounded),
          cmocka_unit_test(hostile_text_stays_text),
          cmocka_unit_test(values_cannot_become_lines_of_a_mail),
          cmocka_unit_test(places_without_safe_escaping_are_refused),
          cmocka_unit_test(broken_templates_are_refused),
          cmocka_unit_test(strict_mode_wants_every_name), cmocka_unit_test(markup_is_its_own_type),
          cmocka_unit_test(catalogue_texts_take_names_of_the_page),
          cmocka_unit_test(output_has_a_ceiling),
          cmocka_unit_test(refusals_name_the_template_and_the_line),
          cmocka_unit_test(a_template_that_is_too_large_or_unknown_is_named),
          cmocka_unit_test(compiled_in_templates_are_well_placed))
