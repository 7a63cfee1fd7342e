// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

/// zlib's inflateInit is a macro, which Swift does not import.
static inline int tsm_inflate_init(z_stream *stream)
{
    return inflateInit(stream);
}
