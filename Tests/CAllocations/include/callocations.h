// Counts what the process allocates: the allocator's entry points are replaced by ones that count and then call it.
#pragma once

#include <stdint.h>

/// The number of allocations that the calling thread has made so far.
uint64_t callocations_count(void);

/// The bytes that the process has allocated and not freed.
uint64_t callocations_bytes_in_use(void);
