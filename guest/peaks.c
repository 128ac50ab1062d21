#include "peaks.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/statfs.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "console.h"
#include "events.h"
#include "files.h"
#include "process.h"

/* A file that is there for longer than this is seen; a look takes a hundredth of it even under emulation. */
enum { INTERVAL_NANOSECONDS = 50 * 1000 * 1000 };

/* f_type of statfs(2). */
enum { OVERLAY = 0x794c7630, TMPFS = 0x01021994 };

static struct usage usage;

/* A line "Key:   123 kB" of /proc/meminfo, in bytes; 0 when there is none. */
static unsigned long long memory_bytes(const char *text, const char *key) {
    const char *line = strstr(text, key);
    return line ? strtoull(line + strlen(key), NULL, 10) * 1024 : 0;
}

/* Nothing when another kind of file system is there, such as a volume. */
static struct space space_of(const char *path, long kind) {
    struct statfs space = {0};
    if (statfs(path, &space) < 0 || (long)space.f_type != kind)
        return (struct space){0, 0};
    unsigned long long block = (unsigned long long)space.f_bsize;
    return (struct space){space.f_blocks * block, (space.f_blocks - space.f_bfree) * block};
}

static void raise_to(unsigned long long *peak, unsigned long long value) {
    if (value > *peak)
        *peak = value;
}

const struct usage *peaks_look(void) {
    char memory[4096];
    read_text_file("/proc/meminfo", memory, sizeof memory);
    usage.memory_total = memory_bytes(memory, "MemTotal:");
    usage.memory_available = memory_bytes(memory, "MemAvailable:");
    usage.overlay = space_of("/", OVERLAY);
    usage.tmp = space_of("/tmp", TMPFS);
    if (usage.memory_available < usage.memory_total)
        raise_to(&usage.memory_peak, usage.memory_total - usage.memory_available);
    raise_to(&usage.overlay_peak, usage.overlay.used);
    raise_to(&usage.tmp_peak, usage.tmp.used);
    return &usage;
}

static void set_interval(int timer, long nanoseconds) {
    struct itimerspec times = {{0, nanoseconds}, {0, nanoseconds}};
    timerfd_settime(timer, 0, &times, NULL);
}

static void time_passed(struct source *source) {
    uint64_t times;
    ssize_t got = read(source->fd, &times, sizeof times);
    (void)got;
    peaks_look();
    if (!process_any_runs())
        set_interval(source->fd, 0);
}

static struct source timer = {.ready = time_passed};

void peaks_open(void) {
    timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer.fd < 0 || events_watch(&timer, EPOLLIN) < 0)
        fatal("cannot watch the time: %s", strerror(errno));
}

void peaks_watch(void) {
    peaks_look();
    set_interval(timer.fd, INTERVAL_NANOSECONDS);
}
