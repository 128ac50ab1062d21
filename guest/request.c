#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"

enum { MAX_REQUEST = 64 * 1024 * 1024, PIPE_SIZE_UNIT = 4096 };

enum body { FLAG, U8, U16, U32, U64, BYTES, ARRAY, REDIRECT, HOST };

struct field {
    uint8_t type, kind, body;
    size_t offset;
};

#define FIELD(type, kind, body, member) {type, kind, body, offsetof(struct request, member)}

static const struct field fields[] = {
    FIELD(RUN_PROCESS, 1, BYTES, binary),
    FIELD(RUN_PROCESS, 2, ARRAY, arguments),
    FIELD(RUN_PROCESS, 3, ARRAY, environment),
    FIELD(RUN_PROCESS, 4, U32, uid),
    FIELD(RUN_PROCESS, 5, U32, gid),
    FIELD(RUN_PROCESS, 6, REDIRECT, redirects),
    FIELD(RUN_PROCESS, 7, BYTES, directory),
    FIELD(RUN_PROCESS, 8, FLAG, flags),
    FIELD(KILL_PROCESS, 1, U64, process),
    FIELD(MOUNT_VOLUME, 1, BYTES, tag),
    FIELD(MOUNT_VOLUME, 2, BYTES, path),
    FIELD(UPLOAD_FILE, 1, BYTES, path),
    FIELD(UPLOAD_FILE, 2, U32, permissions),
    FIELD(UPLOAD_FILE, 3, U32, uid),
    FIELD(UPLOAD_FILE, 4, U32, gid),
    FIELD(UPLOAD_FILE, 5, BYTES, data),
    FIELD(QUERY_OUTPUT, 1, U64, process),
    FIELD(QUERY_OUTPUT, 2, U8, stream),
    FIELD(QUERY_OUTPUT, 3, U64, offset),
    FIELD(QUERY_OUTPUT, 4, U64, length),
    FIELD(PUT_INPUT, 1, U64, process),
    FIELD(PUT_INPUT, 2, BYTES, data),
    FIELD(NET_CTL, 1, U16, flags),
    FIELD(NET_CTL, 2, BYTES, network),
    FIELD(NET_CTL, 3, BYTES, mask),
    FIELD(NET_CTL, 4, BYTES, gateway),
    FIELD(NET_CTL, 5, BYTES, interface_address),
    FIELD(NET_CTL, 6, U16, interface),
    FIELD(NET_HOST, 1, HOST, hosts),
    FIELD(LOOK, 1, BYTES, path),
    FIELD(LOOK, 2, U8, follow),
    FIELD(LOOK, 3, U64, offset),
    FIELD(LOOK, 4, U64, length),
};

/* Reads forward; once something is missing, everything read is 0 and `complete` stays false. */
struct reader {
    const uint8_t *at, *end;
    bool complete;
};

static const uint8_t *take(struct reader *reader, uint64_t length) {
    if (length > MAX_REQUEST)
        fatal("protocol error: a part of a request claims %llu bytes", (unsigned long long)length);
    if (!reader->complete || (uint64_t)(reader->end - reader->at) < length) {
        reader->complete = false;
        return NULL;
    }
    const uint8_t *taken = reader->at;
    reader->at += length;
    return taken;
}

static uint64_t take_integer(struct reader *reader, size_t size) {
    uint64_t value = 0;
    const uint8_t *data = take(reader, size);
    /* The wire and the only architecture are both little-endian. */
    if (data)
        memcpy(&value, data, size);
    return value;
}

static struct bytes take_bytes(struct reader *reader) {
    struct bytes bytes;
    bytes.length = take_integer(reader, 8);
    bytes.data = take(reader, bytes.length);
    return bytes;
}

static struct array take_array(struct reader *reader) {
    struct array array = {.count = take_integer(reader, 8)};
    array.items.data = reader->at;
    for (uint64_t i = 0; i < array.count && reader->complete; i++)
        take_bytes(reader);
    array.items.length = (size_t)(reader->at - array.items.data);
    return array;
}

static void take_redirect(struct reader *reader, struct request *request) {
    uint32_t fd = (uint32_t)take_integer(reader, 4);
    uint8_t how = (uint8_t)take_integer(reader, 1);
    struct redirect redirect = {.kind = how == 0 ? REDIRECT_FILE : REDIRECT_PIPE};
    if (how > 2)
        fatal("protocol error: unknown way %u to redirect", how);
    if (how == 0)
        redirect.path = take_bytes(reader);
    else
        redirect.pipe_size = take_integer(reader, 8);
    /* Both kinds of pipe behave alike: nothing is lost. Nothing can be put into a pipe to stdin. */
    bool fits = how == 0 || (fd > 0 && redirect.pipe_size > 0 && redirect.pipe_size % PIPE_SIZE_UNIT == 0);
    if (fd < STANDARD_STREAMS && fits)
        request->redirects[fd] = redirect;
    else
        request->invalid = true;
}

static void take_host(struct reader *reader, struct request *request) {
    struct host host;
    host.address = take_bytes(reader);
    host.name = take_bytes(reader);
    if (request->host_count < MAX_HOSTS)
        request->hosts[request->host_count++] = host;
    else
        request->invalid = true;
}

static void take_field(struct reader *reader, struct request *request, const struct field *field) {
    void *member = (uint8_t *)request + field->offset;
    switch (field->body) {
    case FLAG:
        break;
    case U8:
        *(uint8_t *)member = (uint8_t)take_integer(reader, 1);
        break;
    case U16:
        *(uint16_t *)member = (uint16_t)take_integer(reader, 2);
        break;
    case U32:
        *(uint32_t *)member = (uint32_t)take_integer(reader, 4);
        break;
    case U64:
        *(uint64_t *)member = take_integer(reader, 8);
        break;
    case BYTES:
        *(struct bytes *)member = take_bytes(reader);
        break;
    case ARRAY:
        *(struct array *)member = take_array(reader);
        break;
    case REDIRECT:
        take_redirect(reader, request);
        break;
    case HOST:
        take_host(reader, request);
        break;
    }
}

static const struct field *find_field(uint8_t type, uint8_t kind) {
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].type == type && fields[i].kind == kind)
            return &fields[i];
    }
    fatal("protocol error: request type %u has no part of kind %u", type, kind);
}

static bool is_known(uint8_t type) {
    return (type >= QUIT && type <= NET_HOST) || (type >= GUEST_STATISTICS && type <= LOOK);
}

size_t request_parse(struct request *request, const uint8_t *data, size_t length) {
    struct reader reader = {data, data + length, true};
    memset(request, 0, offsetof(struct request, hosts));
    request->host_count = 0;
    request->id = take_integer(&reader, 8);
    request->type = (uint8_t)take_integer(&reader, 1);
    if (!reader.complete)
        return 0;
    if (request->id == 0 || !is_known(request->type))
        fatal("protocol error: request type %u, id %llu", request->type, (unsigned long long)request->id);
    uint8_t kind;
    while ((kind = (uint8_t)take_integer(&reader, 1)) != 0)
        take_field(&reader, request, find_field(request->type, kind));
    if (length > MAX_REQUEST && !reader.complete)
        fatal("protocol error: a request of more than %u bytes", MAX_REQUEST);
    return reader.complete ? (size_t)(reader.at - data) : 0;
}

bool array_next(struct array *array, struct bytes *item) {
    if (array->count == 0)
        return false;
    struct reader reader = {array->items.data, array->items.data + array->items.length, true};
    *item = take_bytes(&reader);
    array->items.length -= (size_t)(reader.at - array->items.data);
    array->items.data = reader.at;
    array->count--;
    return true;
}

char *bytes_to_string(struct bytes bytes) {
    errno = EINVAL;
    if (!bytes.data || memchr(bytes.data, '\0', bytes.length))
        return NULL;
    char *string = malloc(bytes.length + 1);
    if (!string)
        return NULL;
    memcpy(string, bytes.data, bytes.length);
    string[bytes.length] = '\0';
    return string;
}
