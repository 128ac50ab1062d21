/* Requests of the host, as they lie on the wire (see README.md). */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_type {
    QUIT = 1,
    RUN_PROCESS = 2,
    KILL_PROCESS = 3,
    MOUNT_VOLUME = 4,
    UPLOAD_FILE = 5,
    QUERY_OUTPUT = 6,
    PUT_INPUT = 7,
    SYNC_FS = 8,
    NET_CTL = 9,
    NET_HOST = 10,
    GUEST_STATISTICS = 64,
    RESET = 65,
    LOOK = 66,
};

/* Bytes inside the message; `data` is NULL when the host did not send them. */
struct bytes {
    const uint8_t *data;
    size_t length;
};

/* `count` BYTES, one after the other, inside the message. */
struct array {
    struct bytes items;
    uint64_t count;
};

enum redirect_kind { REDIRECT_NONE, REDIRECT_FILE, REDIRECT_PIPE };

struct redirect {
    enum redirect_kind kind;
    struct bytes path;
    uint64_t pipe_size;
};

struct host {
    struct bytes address, name;
};

enum { STANDARD_STREAMS = 3, MAX_HOSTS = 1024 };

struct request {
    uint64_t id;
    uint8_t type;
    /* Well-formed, but with a value that is refused with EINVAL. */
    bool invalid;
    /* RUN_PROCESS */
    struct bytes binary, directory;
    struct array arguments, environment;
    uint32_t uid, gid;
    struct redirect redirects[STANDARD_STREAMS];
    /* KILL_PROCESS, QUERY_OUTPUT, PUT_INPUT */
    uint64_t process;
    uint8_t stream;
    uint64_t offset, length;
    /* LOOK; offset and length, too */
    uint8_t follow;
    /* MOUNT_VOLUME, UPLOAD_FILE, LOOK */
    struct bytes tag, path, data;
    uint32_t permissions;
    /* NET_CTL */
    uint16_t flags, interface;
    struct bytes network, mask, gateway, interface_address;
    /* NET_HOST */
    struct host hosts[MAX_HOSTS];
    size_t host_count;
};

/*
 * Parses the request at the start of `data`. Its bytes stay in `data`.
 * Returns its length, or 0 when it is not complete. A message that breaks the protocol is fatal.
 */
size_t request_parse(struct request *request, const uint8_t *data, size_t length);

/* Takes the next item of an array; false at its end. */
bool array_next(struct array *array, struct bytes *item);

/* A copy that ends in NUL, to be freed; NULL (EINVAL) when absent, or with a NUL inside, or no memory. */
char *bytes_to_string(struct bytes bytes);

#endif
