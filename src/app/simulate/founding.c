/* An empty store becomes an authority with staff, law and parties. */
#include "app/law.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "store/party.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_IANA_ID = 10001 };

void founding_party_id(enum party_kind kind, int64_t index, char *text, size_t size)
{
    snprintf(text, size, "%s-%05" PRId64, party_kind_text(kind), FIRST_IANA_ID + index);
}

/* Letters alone, as in real ones. */
void founding_tld(int64_t index, char *text, size_t size)
{
    snprintf(text, size, "sim%c%c%c", (char)('a' + index / 676 % 26), (char)('a' + index / 26 % 26),
             (char)('a' + index % 26));
}

/* --- people --- */

static int add_user(struct simulation *sim, const struct actor *by, const char *id,
                    const char *role, struct error_detail *detail)
{
    return staff_command(sim, by, "user.add", json_pack("{s:s, s:[s]}", "id", id, "roles", role),
                         NULL, detail);
}

static int add_people(struct simulation *sim, struct error_detail *detail)
{
    const struct actor founder = {.id = "founder", .roles = ROLE_FOUNDER},
                       admin = {.id = "admin", .roles = ROLE_ADMINISTRATOR};
    int result = add_user(sim, &founder, admin.id, "administrator", detail);
    for (int64_t i = 0; result >= 0 && i < sim->population.analysts; i++) {
        char id[ACTOR_NAME_MAX];
        staff_name(STAFF_ANALYST, i, id, sizeof id);
        result = add_user(sim, &admin, id, "analyst", detail);
    }
    for (int64_t i = 0; result >= 0 && i < sim->population.approvers; i++) {
        char id[ACTOR_NAME_MAX];
        staff_name(STAFF_APPROVER, i, id, sizeof id);
        result = add_user(sim, &admin, id, "approver", detail);
    }
    return result;
}

/* --- parties --- */

static const struct agreement_family *family_of(const struct rulebook *rulebook,
                                                enum party_kind kind)
{
    const struct agreement_family *best = NULL;
    for (size_t i = 0; i < rulebook->family_count; i++) {
        const struct agreement_family *family = &rulebook->families[i];
        /* One that everybody has, rather than one that only some have signed. */
        if (family->kind == kind && family->version_count && !family->versions[0].on_signature &&
            !best)
            best = family;
    }
    return best;
}

static int add_contacts(struct simulation *sim, const char *party)
{
    static const char *const roles[] = {"compliance", "legal"};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < 2; i++) {
        char email[96];
        snprintf(email, sizeof email, "%s@%s.example", roles[i], party);
        const struct contact contact = {party, roles[i], roles[i], email};
        result = store_contact_put(sim->app.store, &contact);
    }
    return result;
}

static int add_party(struct simulation *sim, enum party_kind kind, int64_t index)
{
    char id[32], name[48], tld[8] = "";
    const struct agreement_family *family = family_of(sim->app.rulebook, kind);
    founding_party_id(kind, index, id, sizeof id);
    snprintf(name, sizeof name, "Simulated %s %" PRId64, party_kind_text(kind), index + 1);
    if (kind == PARTY_REGISTRY)
        founding_tld(index, tld, sizeof tld);
    const struct party party = {.id = id,
                                .kind = kind,
                                .name = name,
                                .iana_id =
                                    kind == PARTY_REGISTRAR ? (int32_t)(FIRST_IANA_ID + index) : 0,
                                .status = kind == PARTY_REGISTRAR ? "accredited" : "contracted",
                                .rdap_url = ""};
    int result = store_party_put(sim->app.store, &party);
    if (result >= 0 && kind == PARTY_REGISTRY) {
        const struct tld record = {tld, TLD_GENERIC, id, ""};
        result = store_tld_put(sim->app.store, &record);
    }
    if (result >= 0 && family) {
        const struct agreement agreement = {.party = id,
                                            .family = family->id,
                                            .version = RULEBOOK_VERSION_CURRENT,
                                            .subject = tld,
                                            .from = family->versions[0].from,
                                            .until = CIVIL_FAR_FUTURE};
        result = store_agreement_put(sim->app.store, &agreement);
    }
    return result < 0 ? result : add_contacts(sim, id);
}

static int add_parties(struct simulation *sim, struct error_detail *detail)
{
    int result = 0;
    for (int64_t i = 0; result >= 0 && i < sim->options->registrars; i++)
        result = add_party(sim, PARTY_REGISTRAR, i);
    for (int64_t i = 0; result >= 0 && i < sim->options->registries; i++)
        result = add_party(sim, PARTY_REGISTRY, i);
    return result < 0 ? app_store_failed(&sim->app, result, detail, "parties") : 0;
}

static int in_transaction(struct simulation *sim,
                          int (*make)(struct simulation *, struct error_detail *),
                          struct error_detail *detail)
{
    int result = store_begin(sim->app.store);
    if (result >= 0)
        result = make(sim, detail);
    if (result >= 0)
        result = store_commit(sim->app.store);
    if (result < 0)
        store_rollback(sim->app.store);
    int followed = app_follow(&sim->app, result >= 0, detail);
    return result < 0 ? result : followed;
}

int founding_make(struct simulation *sim, struct error_detail *detail)
{
    int result = in_transaction(sim, add_people, detail);
    if (result >= 0)
        result = in_transaction(sim, statute_adopt, detail);
    return result < 0 ? result : in_transaction(sim, add_parties, detail);
}
