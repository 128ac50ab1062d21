#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "console.h"
#include "events.h"
#include "files.h"

enum {
    WAIT_STEP_MS = 5,
    MAX_WAIT_MS = 10000,
    READ_SIZE = 64 * 1024,
    /* While the host takes this little, no further request is read: memory stays bounded. */
    MAX_QUEUED_OUTPUT = 4 * 1024 * 1024,
};

/* Bytes from `start` to `end` are waiting. */
struct queue {
    uint8_t *data;
    size_t start, end, size;
};

static struct source port = {.fd = -1};
static struct queue input, output;
static bool connected;
static size_t (*handle_input)(const uint8_t *data, size_t length);

static void queue_clear(struct queue *queue) {
    queue->start = queue->end = 0;
}

/* Returns where `length` more bytes can be put. */
static uint8_t *queue_reserve(struct queue *queue, size_t length) {
    if (queue->start == queue->end)
        queue_clear(queue);
    if (queue->size - queue->end < length && queue->start > 0) {
        memmove(queue->data, queue->data + queue->start, queue->end - queue->start);
        queue->end -= queue->start;
        queue->start = 0;
    }
    if (queue->size - queue->end < length) {
        queue->size = (queue->end + length) * 2;
        queue->data = realloc(queue->data, queue->size);
        if (!queue->data)
            fatal("out of memory for %zu bytes of messages", queue->size);
    }
    return queue->data + queue->end;
}

static bool has_port_name(const char *device) {
    char path[300], name[64];
    snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", device);
    read_text_file(path, name, sizeof name);
    return strcmp(name, "manager_port\n") == 0;
}

static int open_device(const char *device) {
    char path[300];
    snprintf(path, sizeof path, "/dev/%s", device);
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int try_to_open(void) {
    int fd = open_device("vport0p1");
    DIR *ports = fd < 0 ? opendir("/sys/class/virtio-ports") : NULL;
    if (!ports)
        return fd;
    for (struct dirent *entry; fd < 0 && (entry = readdir(ports));) {
        if (has_port_name(entry->d_name))
            fd = open_device(entry->d_name);
    }
    closedir(ports);
    return fd;
}

static void flush_output(void) {
    while (output.start < output.end) {
        ssize_t written = write(port.fd, output.data + output.start, output.end - output.start);
        if (written <= 0)
            return;
        output.start += (size_t)written;
    }
}

static bool receive(void) {
    uint8_t *room = queue_reserve(&input, READ_SIZE);
    ssize_t got = read(port.fd, room, READ_SIZE);
    if (got > 0) {
        connected = true;
        input.end += (size_t)got;
        return true;
    }
    if (got < 0 && errno == EAGAIN) {
        connected = true;
    } else if (got == 0) {
        /* The host went away; the next one starts at the beginning of a message. */
        connected = false;
        queue_clear(&input);
        queue_clear(&output);
    } else if (errno != EINTR) {
        fatal("cannot read from the host's port: %s", strerror(errno));
    }
    return false;
}

static bool handle_one(void) {
    if (input.start == input.end)
        return false;
    size_t taken = handle_input(input.data + input.start, input.end - input.start);
    input.start += taken;
    return taken > 0;
}

void port_move(void) {
    for (;;) {
        flush_output();
        if (output.end - output.start > MAX_QUEUED_OUTPUT)
            return;
        if (!handle_one() && !receive())
            return;
    }
}

static void port_ready(struct source *source) {
    (void)source;
    /* The main loop calls port_move after each event. */
}

void port_find(void) {
    for (int waited = 0; port.fd < 0 && waited < MAX_WAIT_MS; waited += WAIT_STEP_MS) {
        port.fd = try_to_open();
        if (port.fd < 0)
            sleep_milliseconds(WAIT_STEP_MS);
    }
    if (port.fd < 0)
        fatal("there is no virtio-serial port manager_port: %s", strerror(errno));
}

void port_open(size_t (*handle)(const uint8_t *data, size_t length)) {
    handle_input = handle;
    port.ready = port_ready;
    /* Edge-triggered: without a host the port is readable (end of file) all the time. */
    if (events_watch(&port, EPOLLIN | EPOLLOUT | EPOLLET) < 0)
        fatal("cannot watch the host's port: %s", strerror(errno));
}

void port_send(const void *data, size_t length) {
    if (!connected)
        return;
    memcpy(queue_reserve(&output, length), data, length);
    output.end += length;
}

void port_finish(void) {
    int flags = fcntl(port.fd, F_GETFL);
    fcntl(port.fd, F_SETFL, flags & ~O_NONBLOCK);
    flush_output();
}
