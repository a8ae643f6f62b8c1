/* SQLite's page cache, that looks for pages to drop only where there are any. At the end of each
 * transaction SQLite drops what lies beyond the end of the file. Its own cache then walks all that
 * it holds as soon as one page once had a number beyond, and each page that is split lends itself
 * one for a moment: a transaction took longer the more was cached. */
#ifndef BAILIWICK_STORE_SQLITE_PAGE_CACHE_H
#define BAILIWICK_STORE_SQLITE_PAGE_CACHE_H

#include <sqlite3.h>

/* Methods for SQLITE_CONFIG_PCACHE2 that leave all but that question to `inner`. Once in a
 * process, before anything of SQLite is in use. */
sqlite3_pcache_methods2 page_cache_methods(const sqlite3_pcache_methods2 *inner);

#endif
