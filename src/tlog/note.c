#include "tlog/note.h"

#include "base/digest.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* U+2014 EM DASH and a space. */
static const char signature_start[] = "\xe2\x80\x94 ";
static const char secret_start[] = "PRIVATE+KEY+";

enum {
    KEY_ID_SIZE = 4,
    KEY_ID_HEX = 2 * KEY_ID_SIZE,
    TYPED_KEY_SIZE = 1 + SIGN_PUBLIC_SIZE, /* algorithm byte and key; seeds are as long */
    TYPED_KEY_BASE64 = 45,                 /* BASE64_ROOM(33) */
    SIGNED_SIZE = KEY_ID_SIZE + SIGN_SIGNATURE_SIZE,
    SIGNED_BASE64 = 93, /* BASE64_ROOM(68) */
};

bool note_name_valid(const char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size > NOTE_NAME_MAX)
        return false;
    /* Ours are ASCII; that leaves no room for Unicode white space. */
    for (const char *at = name; *at; at++) {
        if (*at <= ' ' || *at == '+' || *at >= 0x7f)
            return false;
    }
    return true;
}

static uint32_t key_id(const char *name, const uint8_t public[SIGN_PUBLIC_SIZE])
{
    static const uint8_t separator[2] = {'\n', NOTE_ALGORITHM_ED25519};
    struct digest_state state;
    digest_begin(&state);
    digest_add(&state, name, strlen(name));
    digest_add(&state, separator, sizeof separator);
    digest_add(&state, public, SIGN_PUBLIC_SIZE);
    struct digest digest = digest_end(&state);
    return (uint32_t)digest.bytes[0] << 24 | (uint32_t)digest.bytes[1] << 16 |
           (uint32_t)digest.bytes[2] << 8 | digest.bytes[3];
}

int note_key_init(struct note_key *key, const char *name, const uint8_t public[SIGN_PUBLIC_SIZE])
{
    if (!note_name_valid(name))
        return ERR_SYNTAX;
    *key = (struct note_key){.id = key_id(name, public)};
    memcpy(key->name, name, strlen(name));
    memcpy(key->public, public, SIGN_PUBLIC_SIZE);
    return 0;
}

/* base64(algorithm || key). */
static void typed_key(const uint8_t bytes[SIGN_PUBLIC_SIZE], char text[TYPED_KEY_BASE64])
{
    uint8_t typed[TYPED_KEY_SIZE] = {NOTE_ALGORITHM_ED25519};
    memcpy(typed + 1, bytes, SIGN_PUBLIC_SIZE);
    base64_format(typed, sizeof typed, text, TYPED_KEY_BASE64);
    explicit_bzero(typed, sizeof typed);
}

char *note_key_format(const struct note_key *key, char text[NOTE_VKEY_MAX])
{
    char base64[TYPED_KEY_BASE64];
    typed_key(key->public, base64);
    snprintf(text, NOTE_VKEY_MAX, "%s+%08x+%s", key->name, key->id, base64);
    return text;
}

struct key_text {
    char name[NOTE_NAME_MAX + 1];
    uint32_t id;
    uint8_t bytes[SIGN_PUBLIC_SIZE]; /* public key or seed */
};

/* `name+hexid+base64`, maybe with a line end. */
static int parse_key_text(const char *text, struct key_text *ret_parts, struct error_detail *detail)
{
    size_t size = strlen(text);
    if (size > 0 && text[size - 1] == '\n')
        size--;
    const char *first = memchr(text, '+', size);
    if (!first || size >= NOTE_VKEY_MAX)
        return error_set(detail, ERR_SYNTAX, "key is not of the form name+id+base64");
    size_t name_size = (size_t)(first - text), left = size - name_size - 1;
    struct key_text parts = {0};
    if (name_size > NOTE_NAME_MAX || left <= KEY_ID_HEX + 1 || first[1 + KEY_ID_HEX] != '+')
        return error_set(detail, ERR_SYNTAX, "key is not of the form name+id+base64");
    memcpy(parts.name, text, name_size);
    char id_text[KEY_ID_HEX + 1] = "", base64[NOTE_VKEY_MAX] = "";
    memcpy(id_text, first + 1, KEY_ID_HEX);
    memcpy(base64, first + 2 + KEY_ID_HEX, left - KEY_ID_HEX - 1);
    uint8_t id[KEY_ID_SIZE], typed[TYPED_KEY_SIZE];
    size_t typed_size;
    if (!note_name_valid(parts.name) || hex_parse(id_text, id, sizeof id) < 0 ||
        base64_parse(base64, typed, sizeof typed, &typed_size) < 0 || typed_size == 0)
        return error_set(detail, ERR_SYNTAX, "key is not of the form name+id+base64");
    if (typed[0] != NOTE_ALGORITHM_ED25519 || typed_size != sizeof typed)
        return error_set(detail, ERR_UNSUPPORTED, "key of algorithm %u; only Ed25519 (1) is known",
                         typed[0]);
    parts.id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    memcpy(parts.bytes, typed + 1, sizeof parts.bytes);
    explicit_bzero(typed, sizeof typed);
    *ret_parts = parts;
    return 0;
}

int note_key_parse(const char *text, struct note_key *ret_key, struct error_detail *detail)
{
    struct key_text parts = {0};
    int result = parse_key_text(text, &parts, detail);
    if (result < 0)
        return result;
    struct note_key key = {0};
    result = note_key_init(&key, parts.name, parts.bytes);
    if (result < 0)
        return result;
    if (key.id != parts.id)
        return error_set(detail, ERR_DAMAGED, "key id is %08x, but that of the key is %08x",
                         parts.id, key.id);
    *ret_key = key;
    return 0;
}

int note_signer_new(const char *name, struct note_signer *ret_signer)
{
    struct note_signer signer = {0};
    sign_key_new(&signer.secret);
    int result = note_key_init(&signer.key, name, signer.secret.public);
    if (result >= 0)
        *ret_signer = signer;
    note_signer_wipe(&signer);
    return result;
}

int note_signer_format(const struct note_signer *signer, struct buffer *out)
{
    char base64[TYPED_KEY_BASE64];
    typed_key(signer->secret.seed, base64);
    buffer_printf(out, "%s%s+%08x+%s\n", secret_start, signer->key.name, signer->key.id, base64);
    explicit_bzero(base64, sizeof base64);
    return buffer_error(out);
}

int note_signer_parse(const char *text, struct note_signer *ret_signer, struct error_detail *detail)
{
    if (!text_starts_with(text, secret_start))
        return error_set(detail, ERR_SYNTAX, "not a secret key");
    struct key_text parts = {0};
    int result = parse_key_text(text + strlen(secret_start), &parts, detail);
    if (result < 0)
        return result;
    struct note_signer signer = {0};
    sign_key_from_seed(parts.bytes, &signer.secret);
    explicit_bzero(&parts.bytes, sizeof parts.bytes);
    result = note_key_init(&signer.key, parts.name, signer.secret.public);
    if (result >= 0 && signer.key.id != parts.id)
        result = error_set(detail, ERR_DAMAGED, "key id does not fit the secret key");
    if (result >= 0)
        *ret_signer = signer;
    note_signer_wipe(&signer);
    return result;
}

void note_signer_wipe(struct note_signer *signer)
{
    sign_key_wipe(&signer->secret);
}

int note_sign(const struct note_signer *signer, const char *text, size_t size, struct buffer *out)
{
    if (size == 0 || text[size - 1] != '\n')
        return ERR_USAGE;
    uint32_t id = signer->key.id;
    uint8_t signed_bytes[SIGNED_SIZE] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16),
                                         (uint8_t)(id >> 8), (uint8_t)id};
    sign_message(&signer->secret, text, size, signed_bytes + KEY_ID_SIZE);
    char base64[SIGNED_BASE64];
    base64_format(signed_bytes, sizeof signed_bytes, base64, sizeof base64);
    buffer_append(out, text, size);
    buffer_printf(out, "\n%s%s %s\n", signature_start, signer->key.name, base64);
    return buffer_error(out);
}

/* --- opening --- */

enum line { LINE_OTHER_KEY, LINE_VERIFIED };

/* One signature line without its line end. ERR_DAMAGED: by this key, but wrong. */
static int check_line(const struct note_key *key, const char *line, size_t size, const char *text,
                      size_t text_size)
{
    size_t start = strlen(signature_start);
    if (size <= start || memcmp(line, signature_start, start) != 0)
        return ERR_SYNTAX;
    line += start;
    size -= start;
    const char *blank = memchr(line, ' ', size);
    if (!blank || blank == line)
        return ERR_SYNTAX;
    size_t name_size = (size_t)(blank - line), base64_size = size - name_size - 1;
    if (name_size != strlen(key->name) || memcmp(line, key->name, name_size) != 0)
        return LINE_OTHER_KEY;
    char base64[SIGNED_BASE64] = "";
    uint8_t bytes[SIGNED_SIZE];
    size_t bytes_size;
    if (base64_size >= sizeof base64)
        return LINE_OTHER_KEY; /* another algorithm under the same name */
    memcpy(base64, blank + 1, base64_size);
    if (base64_parse(base64, bytes, sizeof bytes, &bytes_size) < 0 || bytes_size < KEY_ID_SIZE)
        return ERR_SYNTAX;
    uint32_t id =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    if (id != key->id)
        return LINE_OTHER_KEY;
    if (bytes_size != sizeof bytes ||
        !sign_verify(key->public, text, text_size, bytes + KEY_ID_SIZE))
        return ERR_DAMAGED;
    return LINE_VERIFIED;
}

/* Where the signature lines start: behind the last blank line. NULL when there is none. */
static const char *find_signatures(const char *note, size_t size)
{
    static const char blank_line[] = "\n\n\xe2\x80\x94 ";
    const char *found = NULL;
    for (const char *at = note;
         (at = memmem(at, size - (size_t)(at - note), blank_line, sizeof blank_line - 1)) != NULL;
         at++)
        found = at + 2;
    return found;
}

static int check_characters(const char *note, size_t size, struct error_detail *detail)
{
    if (size == 0 || size > NOTE_SIZE_MAX || note[size - 1] != '\n')
        return error_set(detail, ERR_SYNTAX, "note is empty, too long, or its last line is cut");
    for (size_t i = 0; i < size; i++) {
        if ((uint8_t)note[i] < ' ' && note[i] != '\n')
            return error_set(detail, ERR_SYNTAX, "note has a control character at byte %zu", i);
    }
    return 0;
}

int note_open(const struct note_key *key, const char *note, size_t size, size_t *ret_text_size,
              struct error_detail *detail)
{
    int result = check_characters(note, size, detail);
    if (result < 0)
        return result;
    const char *line = find_signatures(note, size), *end = note + size;
    if (!line)
        return error_set(detail, ERR_SYNTAX, "note has no signatures");
    size_t text_size = (size_t)(line - note) - 1;
    bool verified = false;
    for (int lines = 0; line < end; lines++) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        result = lines < NOTE_SIGNATURES_MAX
                     ? check_line(key, line, (size_t)(line_end - line), note, text_size)
                     : ERR_LIMIT;
        if (result < 0)
            return error_set(detail, result, "note: signature line %d: %s", lines + 1,
                             result == ERR_DAMAGED ? "the signature is wrong" : error_text(result));
        verified = verified || result == LINE_VERIFIED;
        line = line_end + 1;
    }
    if (!verified)
        return error_set(detail, ERR_NOT_FOUND, "note is not signed by %s (key %08x)", key->name,
                         key->id);
    *ret_text_size = text_size;
    return 0;
}
