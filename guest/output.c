#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "answer.h"
#include "files.h"

#define FILES_DIRECTORY "/var/tmp/guest_agent_private/fds"

/* The most that one answer holds. */
enum { MAX_ANSWER = 1024 * 1024 };

static void stop_watching(struct output *output) {
    if (output->watched)
        events_ignore(&output->source);
    output->watched = false;
}

/* Moves what the pipe holds into the ring, as far as there is room. */
static void fill(struct output *output) {
    while (output->used < output->size && !output->at_end) {
        size_t end = (output->start + output->used) % output->size;
        size_t room = output->size - output->used;
        size_t first = room < output->size - end ? room : output->size - end;
        struct iovec parts[2] = {{output->ring + end, first}, {output->ring, room - first}};
        ssize_t got = readv(output->source.fd, parts, 2);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        output->at_end = got <= 0;
        if (got > 0)
            output->used += (size_t)got;
    }
}

/* A full ring is not watched: the command blocks as soon as the pipe is full too. */
static void watch_while_useful(struct output *output) {
    bool useful = output->used < output->size && !output->at_end;
    if (!useful)
        stop_watching(output);
    else if (!output->watched)
        output->watched = events_watch(&output->source, EPOLLIN) == 0;
}

static void pipe_ready(struct source *source) {
    struct output *output = (struct output *)source;
    bool was_empty = output->used == 0;
    fill(output);
    watch_while_useful(output);
    if (was_empty && output->used > 0)
        notify_output(output->process, output->stream);
}

static int open_pipe(struct output *output, uint64_t size) {
    int ends[2];
    output->ring = malloc(size);
    if (!output->ring || pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Only our end: what a command does not expect is a stdout that does not block. */
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    output->is_pipe = true;
    output->size = size;
    output->source = (struct source){ends[0], pipe_ready};
    return ends[1];
}

static int open_file(struct output *output, const char *path) {
    bool is_input = output->stream == STDIN_FILENO;
    /* Appending, as two streams may be redirected to one file. */
    int flags = is_input ? O_RDONLY | O_CREAT : O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    int fd = open(path, flags | O_NOCTTY | O_CLOEXEC, 0644);
    if (fd < 0 || is_input)
        return fd;
    output->source.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (output->source.fd < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_own_file(struct output *output) {
    char path[128];
    snprintf(path, sizeof path, FILES_DIRECTORY "/%llu", (unsigned long long)output->process);
    if (make_directories(path, 0700, true) < 0)
        return -1;
    snprintf(path, sizeof path, FILES_DIRECTORY "/%llu/%u", (unsigned long long)output->process,
             output->stream);
    return open_file(output, path);
}

int output_open(struct output *output, uint64_t process, uint8_t stream, const struct redirect *redirect) {
    *output = (struct output){.source.fd = -1, .process = process, .stream = stream};
    if (redirect->kind == REDIRECT_NONE)
        return open_own_file(output);
    if (redirect->kind == REDIRECT_PIPE)
        return open_pipe(output, redirect->pipe_size);
    char *path = bytes_to_string(redirect->path);
    int fd = path ? open_file(output, path) : -1;
    free(path);
    return fd;
}

void output_close(struct output *output) {
    stop_watching(output);
    if (output->source.fd >= 0)
        close(output->source.fd);
    output->source.fd = -1;
    free(output->ring);
    output->ring = NULL;
}

void output_follow(struct output *output) {
    if (output->is_pipe)
        watch_while_useful(output);
}

bool output_is_drained(struct output *output) {
    if (output->source.fd < 0)
        return true;
    if (output->is_pipe) {
        fill(output);
        return output->used == 0 && output->at_end;
    }
    struct stat file;
    return output->at_end || fstat(output->source.fd, &file) < 0 || file.st_size == 0;
}

static void answer_from_pipe(struct output *output, const struct request *request) {
    static uint8_t data[MAX_ANSWER];
    fill(output);
    size_t length = request->length < output->used ? request->length : output->used;
    if (length > sizeof data)
        length = sizeof data;
    size_t first = output->size - output->start < length ? output->size - output->start : length;
    memcpy(data, output->ring + output->start, first);
    memcpy(data + first, output->ring, length - first);
    output->start = (output->start + length) % output->size;
    output->used -= length;
    watch_while_useful(output);
    answer_bytes(request->id, data, length);
}

static void answer_from_file(struct output *output, const struct request *request) {
    static uint8_t data[MAX_ANSWER];
    size_t length = request->length < sizeof data ? request->length : sizeof data;
    ssize_t got = pread(output->source.fd, data, length, (off_t)request->offset);
    if (got < 0) {
        answer_error(request->id, errno);
        return;
    }
    output->at_end = got == 0;
    answer_bytes(request->id, data, (size_t)got);
}

void output_answer(struct output *output, const struct request *request) {
    if (request->length == 0 || (output->is_pipe && request->offset != 0))
        answer_error(request->id, EINVAL);
    else if (output->is_pipe)
        answer_from_pipe(output, request);
    else
        answer_from_file(output, request);
}
