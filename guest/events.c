#include "events.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "console.h"

static int queue = -1;

void events_open(void) {
    queue = epoll_create1(EPOLL_CLOEXEC);
    if (queue < 0)
        fatal("cannot make an epoll queue: %s", strerror(errno));
}

int events_watch(struct source *source, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(queue, EPOLL_CTL_ADD, source->fd, &event);
}

void events_ignore(struct source *source) {
    epoll_ctl(queue, EPOLL_CTL_DEL, source->fd, NULL);
}

void events_handle_one(void) {
    struct epoll_event event;
    int count = epoll_wait(queue, &event, 1, -1);
    if (count < 0 && errno != EINTR)
        fatal("cannot wait for events: %s", strerror(errno));
    if (count == 1) {
        struct source *source = event.data.ptr;
        source->ready(source);
    }
}
