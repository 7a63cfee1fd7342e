// SPDX-License-Identifier: GPL-3.0-or-later
#include <wimlib.h>

/// The unnamed data stream of an entry: Swift does not import the flexible array at the end of the struct.
static inline const struct wimlib_stream_entry *tsm_unnamed_stream(const struct wimlib_dir_entry *entry)
{
    return entry->streams;
}
