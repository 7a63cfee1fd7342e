// SPDX-License-Identifier: GPL-3.0-or-later

#include "CMachineProbe.h"

#include <stddef.h>

#if defined(__x86_64__) || defined(__i386__)
extern const uint8_t tsm_machine_probe_code[] __attribute__((visibility("hidden")));

const uint8_t *tsm_machine_probe(void)
{
    return tsm_machine_probe_code;
}
#else
const uint8_t *tsm_machine_probe(void)
{
    return NULL;
}
#endif
