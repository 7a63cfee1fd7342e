// SPDX-License-Identifier: GPL-3.0-or-later
#include <wimlib.h>

/// The unnamed data stream of an entry: Swift does not import the flexible array at the end of the struct.
static inline const struct wimlib_stream_entry *tsm_unnamed_stream(const struct wimlib_dir_entry *entry)
{
    return entry->streams;
}

/// The size in bytes of stream `index` of an entry, 0 the unnamed one; there are num_named_streams more.
static inline uint64_t tsm_stream_byte_count(const struct wimlib_dir_entry *entry, uint32_t index)
{
    return entry->streams[index].resource.uncompressed_size;
}
