/* Memory in pages of 2 MiB, for a process that works through much of it for long: fewer page
 * faults, and the processor's table of addresses reaches further. */
#ifndef BAILIWICK_BASE_LARGE_PAGES_H
#define BAILIWICK_BASE_LARGE_PAGES_H

#include <stddef.h>

/* Has malloc() reserve the next `size` bytes of the heap at once, keep what is given back, and asks
 * the kernel to back them with large pages. A wish: where malloc() or the kernel will not, nothing
 * changes. Not given back before the process ends; what is not used is not taken either. */
void large_pages_for_heap(size_t size);

#endif
