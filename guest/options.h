/* The options that the host passes on the kernel's command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* How one generation of the runtime on Golem's providers differs from the others. */
struct profile {
    const char *name;
    /* "/" is root:root 0700; otherwise it has the owner and mode of the image's own "/". */
    bool private_root;
    /* What can be written outside volumes, as options of a tmpfs; NULL is half of the RAM. */
    const char *overlay_options;
    /* The environment of RUN_PROCESS reaches the command; otherwise it starts with an empty one. */
    bool passes_environment;
    /* A command that cannot start looks like one that exited with code 9. */
    bool hides_start_errors;
    /* The way to a volume may lead through symbolic links of the image; otherwise it is not mounted. */
    bool follows_links;
};

struct options {
    const struct profile *profile;
    char host_name[65];
    /* Only show that a guest kernel runs here, then power off. */
    bool probe;
};

extern struct options options;

/* Reads /proc/cmdline into `options`: golem.profile=, golem.probe=, hostname=. */
void read_options(void);

#endif
