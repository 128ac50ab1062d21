/* The event loop: one thread, one epoll(7). */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdint.h>

/* Something that can become ready; embed it first in what it belongs to. */
struct source {
    int fd;
    void (*ready)(struct source *source);
};

void events_open(void);

/* Watches `source->fd` for `events` (EPOLLIN, ...). Returns 0 or -1 with errno. */
int events_watch(struct source *source, uint32_t events);
void events_ignore(struct source *source);

/* Waits for one event and handles it. One at a time, so that a handler may free any other source. */
void events_handle_one(void);

#endif
