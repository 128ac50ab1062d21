/* Answers and notifications to the host (see README.md). */
#ifndef ANSWER_H
#define ANSWER_H

#include <stddef.h>
#include <stdint.h>

enum how_died { EXITED = 0, KILLED = 1, DUMPED_CORE = 2 };

void answer_ok(uint64_t id);
void answer_number(uint64_t id, uint64_t number);
void answer_bytes(uint64_t id, const void *data, size_t length);
/* `reason` is an errno. */
void answer_error(uint64_t id, int reason);

void notify_output(uint64_t process, uint32_t stream);
void notify_death(uint64_t process, uint8_t status, enum how_died how);

#endif
