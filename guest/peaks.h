/* The most that the guest has used of its memory and of what it can write to. */
#ifndef PEAKS_H
#define PEAKS_H

struct space {
    unsigned long long size, used;
};

/* What was used when it was looked at last, and the most that was used whenever it was looked at. In bytes. */
struct usage {
    unsigned long long memory_total, memory_available, memory_peak;
    struct space overlay, tmp;
    unsigned long long overlay_peak, tmp_peak;
};

/* Prepares peaks_watch; the event loop must be open. */
void peaks_open(void);

/* Looks now, and from now on many times a second until no command runs any more. */
void peaks_watch(void);

/* Looks now. */
const struct usage *peaks_look(void);

#endif
