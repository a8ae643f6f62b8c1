/* Complaints that are alike, sorted into clusters for whoever reads them: a flood of a hundred
 * thousand is one row. Nothing is merged, closed or told to anybody by it; each keeps its history.
 *
 * Sorting comes after filing, by the daemon on its own: nothing that is done when a complaint is
 * filed depends on whether there is another (similar.h). They are taken in the order in which they
 * were filed. Each goes to the cluster whose face it is most like, as far as likeness_is_near()
 * says that it is near, of equals to the oldest; else it begins one and is its face. So the same
 * complaints in the same order give the same clusters, whenever they are sorted. An erased face is
 * followed by the oldest complaint that is left; sorted again (`rebuild`) they may then fall
 * otherwise. */
#ifndef BAILIWICK_APP_COMPLAINTS_CLUSTER_H
#define BAILIWICK_APP_COMPLAINTS_CLUSTER_H

#include "app/app.h"
#include "model/complaint.h"
#include "store/cluster.h"

enum {
    CLUSTERS_OF_BUCKET = 20,  /* looked at: the newest of a name, or of a band */
    CLUSTERS_LOOKED_AT = 100, /* for one complaint */
};

/* Sorts at most so many of those that were not sorted yet, in a transaction of the caller; returns
 * how many. One whose sketch is damaged is in a cluster of its own (`rebuild --check` names it). */
int clusters_sort(struct app *app, size_t most, struct error_detail *detail);

/* Drops all clusters and sorts all complaints, likewise. */
int clusters_sort_again(struct app *app, struct error_detail *detail);

/* The state of a complaint became another, in its transaction. */
int cluster_follow(struct app *app, const char *reference, enum complaint_state before,
                   enum complaint_state after, struct error_detail *detail);

/* Before the sketch of a complaint is erased, in its transaction. */
int cluster_leave(struct app *app, const char *reference, struct error_detail *detail);

#endif
