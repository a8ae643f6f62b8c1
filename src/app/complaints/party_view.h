/* What the party of its case sees of a complaint.
 *
 * V1. A complaint that belongs to no case, or was taken back, is nobody's to see.
 * V2. Without the complainant's consent (`share`) a party sees the type, the day, the names, and
 * the answers that are facts: dates, names, addresses of the net, choices. What was written in free
 *     words, the exhibits and the part that the complainant plays need it.
 * V3. Words that a person of the staff left out are never in it, in any field.
 * V4. Who complained is in neither: a person who has to tell reads it with `complaint reporter`.
 * V5. What was added is in it only after a person of the staff read it.
 * V6. What V2 wants consent for stays away where the complaint is labelled TLP:RED or
 *     TLP:AMBER+STRICT, consent or none; of what is shown the label is told (model/tlp.h). */
#ifndef BAILIWICK_APP_COMPLAINTS_PARTY_VIEW_H
#define BAILIWICK_APP_COMPLAINTS_PARTY_VIEW_H

#include "access/access.h"
#include "app/complaints/record.h"
#include "app/query.h"

/* Whether some text of `json`, at any depth, has these words. */
bool party_view_holds(const json_t *json, const char *words);

/* What the party of its case sees of it, and whether who complained consented to more. V1 is the
 * caller's to look at. New reference. */
int party_view_make(struct query_call *call, const struct complaint_record *record,
                    bool *ret_consent, json_t **ret_seen);

/* questions.c: the complaint that a question is about. Where the argument "user" says who asks, one
 * that belongs to a case from which they are recused is ERR_NOT_FOUND, as what is not there. */
int complaint_find_for_reader(struct query_call *call, struct complaint_record *ret_record);

/* questions.c: puts what that audience sees of it into the result, as `complaint`. */
int complaint_show_to(struct query_call *call, const struct complaint_record *record,
                      enum audience audience);

#endif
