/* One standard stream of a command, as the agent holds it: a file, or the reading end of a pipe. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "request.h"

struct output {
    struct source source;
    uint64_t process;
    uint8_t stream;
    bool is_pipe;
    /* Of a pipe: everything was read. Of a file: the host has read it to its end. */
    bool at_end;
    bool watched;
    /* A ring of `size` bytes; `used` of them, from `start` on, wait for the host. */
    uint8_t *ring;
    size_t size, start, used;
};

/*
 * Opens stream `stream` of process `process`, as redirected, or as an empty file of the agent's.
 * Returns the descriptor for the command, or -1 with errno.
 */
int output_open(struct output *output, uint64_t process, uint8_t stream, const struct redirect *redirect);

void output_close(struct output *output);

/* Starts reading a pipe as its bytes come. */
void output_follow(struct output *output);

/* Whether nothing is left that the host could ask for. The process has died. */
bool output_is_drained(struct output *output);

/* Answers QUERY_OUTPUT. */
void output_answer(struct output *output, const struct request *request);

#endif
