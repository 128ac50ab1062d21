/* The virtio-serial port to the host, "manager_port": bytes in, bytes out. */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Waits for the port and opens it, in the initramfs's /dev: commands have another one. */
void port_find(void);

/*
 * Serves the port that was found. `handle` is called with all bytes that came and were not taken yet;
 * it returns how many it took, 0 when it needs more.
 */
void port_open(size_t (*handle)(const uint8_t *data, size_t length));

/* Queues bytes for the host; they are dropped while no host is connected. */
void port_send(const void *data, size_t length);

/* Moves what can be moved without blocking: answers out, requests in. To be called after each event. */
void port_move(void);

/* Blocks until the host has taken everything that was queued. */
void port_finish(void);

#endif
