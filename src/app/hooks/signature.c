#include "app/hooks/signature.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>

enum { BASE_MAX = 8192 };

char *signature_key_id(const struct digest *secret, char text[SIGNATURE_KEY_ID])
{
    const struct digest digest = digest_of(secret->bytes, sizeof secret->bytes);
    return hex_format(digest.bytes, (SIGNATURE_KEY_ID - 1) / 2, text);
}

/* RFC 9421 2.5: each component in a line of its own, in the order of the parameters, which are the
 * last. */
static int print_base(const struct signature_request *request, const char *digest,
                      const char *parameters, struct buffer *out)
{
    return buffer_printf(out,
                         "\"@method\": POST\n\"@target-uri\": %s\n"
                         "\"content-type\": " SIGNATURE_MEDIA_TYPE "\n"
                         "\"content-digest\": %s\n\"@signature-params\": %s",
                         request->url, digest, parameters);
}

int signature_make(const struct signature_request *request, struct signature_fields *ret_fields)
{
    struct buffer base BUFFER_CLEANUP = {0};
    char text[DIGEST_BASE64], key[SIGNATURE_KEY_ID], value[SIGNATURE_FIELD_MAX - 32],
        parameters[SIGNATURE_FIELD_MAX - 32];
    const struct digest body = digest_of(request->body, request->size);
    snprintf(value, sizeof value,
             "sha-256=:%s:", base64_format(body.bytes, sizeof body.bytes, text, sizeof text));
    snprintf(parameters, sizeof parameters,
             "(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\");created=%" PRId64
             ";nonce=\"%.64s\";keyid=\"%s\";alg=\"hmac-sha256\"",
             request->created_s, request->nonce, signature_key_id(request->secret, key));
    buffer_init(&base, BASE_MAX);
    print_base(request, value, parameters, &base);
    if (buffer_error(&base) < 0)
        return buffer_error(&base);
    const struct digest mac = digest_hmac(request->secret->bytes, base.data, base.size);
    struct signature_fields *fields = ret_fields;
    snprintf(fields->digest, sizeof fields->digest, "Content-Digest: %s", value);
    snprintf(fields->input, sizeof fields->input, "Signature-Input: hook=%s", parameters);
    snprintf(fields->signature, sizeof fields->signature,
             "Signature: hook=:%s:", base64_format(mac.bytes, sizeof mac.bytes, text, sizeof text));
    return 0;
}
