#include "answer.h"

#include <string.h>

#include "port.h"

enum answer_type {
    OK = 0,
    OK_U64 = 1,
    OK_BYTES = 2,
    ERR = 3,
    OUTPUT_AVAILABLE = 4,
    PROCESS_DIED = 5,
};

struct __attribute__((packed)) header {
    uint64_t id;
    uint8_t type;
};

static void send_header(uint64_t id, enum answer_type type) {
    struct header header = {id, (uint8_t)type};
    port_send(&header, sizeof header);
}

void answer_ok(uint64_t id) {
    send_header(id, OK);
}

void answer_number(uint64_t id, uint64_t number) {
    send_header(id, OK_U64);
    port_send(&number, sizeof number);
}

void answer_bytes(uint64_t id, const void *data, size_t length) {
    uint64_t count = length;
    send_header(id, OK_BYTES);
    port_send(&count, sizeof count);
    port_send(data, length);
}

void answer_error(uint64_t id, int reason) {
    uint32_t number = (uint32_t)reason;
    send_header(id, ERR);
    port_send(&number, sizeof number);
}

void notify_output(uint64_t process, uint32_t stream) {
    struct __attribute__((packed)) {
        uint64_t process;
        uint32_t stream;
    } body = {process, stream};
    send_header(0, OUTPUT_AVAILABLE);
    port_send(&body, sizeof body);
}

void notify_death(uint64_t process, uint8_t status, enum how_died how) {
    struct __attribute__((packed)) {
        uint64_t process;
        uint8_t status, how;
    } body = {process, status, (uint8_t)how};
    send_header(0, PROCESS_DIED);
    port_send(&body, sizeof body);
}
