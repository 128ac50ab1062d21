/*
 * A guest's init that does not do what an agent does. The kernel's command line says what it does in place
 * of that: hostile=silent, huge, flood or panic.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load_modules(void) {
    struct dirent **modules;
    int count = scandir("/modules", &modules, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "/modules/%s", modules[i]->d_name);
        int fd = open(path, O_RDONLY);
        syscall(SYS_finit_module, fd, "", 0);
        close(fd);
    }
}

static int open_port(void) {
    for (;;) {
        for (int device = 0; device < 8; device++) {
            char path[32];
            snprintf(path, sizeof path, "/dev/vport%dp1", device);
            int fd = open(path, O_RDWR);
            if (fd >= 0)
                return fd;
        }
        usleep(5000);
    }
}

/* Waits for the first request and returns the id of its message. */
static uint64_t first_request(int port) {
    uint64_t id;
    while (read(port, &id, sizeof id) != sizeof id)
        usleep(5000);
    return id;
}

static void send_all(int port, const void *data, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t written = write(port, (const char *)data + done, length - done);
        if (written > 0)
            done += (size_t)written;
    }
}

/* The start of an answer of bytes. */
static void claim(int port, uint64_t id, uint64_t length) {
    uint8_t header[17];
    memcpy(header, &id, 8);
    header[8] = 2;
    memcpy(header + 9, &length, 8);
    send_all(port, header, sizeof header);
}

/* Notifications of output that nobody asked for, without end. */
static void flood(int port) {
    uint8_t notification[21] = {[8] = 4, [9] = 77, [17] = 1};
    static uint8_t many[3000 * sizeof notification];
    for (size_t at = 0; at < sizeof many; at += sizeof notification)
        memcpy(many + at, notification, sizeof notification);
    for (;;)
        send_all(port, many, sizeof many);
}

int main(void) {
    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    char line[4096] = "";
    int fd = open("/proc/cmdline", O_RDONLY);
    if (read(fd, line, sizeof line - 1) < 0 || strstr(line, "hostile=panic"))
        return 1;
    if (!strstr(line, "hostile=silent")) {
        load_modules();
        int port = open_port();
        uint64_t id = first_request(port);
        if (strstr(line, "hostile=huge"))
            claim(port, id, UINT64_MAX);
        if (strstr(line, "hostile=flood"))
            flood(port);
    }
    for (;;)
        pause();
}
