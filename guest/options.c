#include "options.h"

#include <stdio.h>
#include <string.h>

#include "console.h"
#include "files.h"

static const struct profile profiles[] = {
    {"documented", true, "size=128M", false, false, false},
    {"v0.3", true, "size=128M", true, false, true},
    {"v0.4", false, "size=128M", true, true, false},
    {"v0.5", false, NULL, false, true, false},
};

struct options options = {&profiles[0], "golem", false};

static const char *value_of(const char *word, const char *name) {
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 ? word + length : NULL;
}

static const struct profile *find_profile(const char *name) {
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    fatal("golem.profile=%s is not one of documented, v0.3, v0.4, v0.5", name);
}

void read_options(void) {
    char line[4096];
    read_text_file("/proc/cmdline", line, sizeof line);
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        const char *value;
        if ((value = value_of(word, "golem.profile=")))
            options.profile = find_profile(value);
        else if ((value = value_of(word, "hostname=")))
            snprintf(options.host_name, sizeof options.host_name, "%s", value);
        else if ((value = value_of(word, "golem.probe=")))
            options.probe = strcmp(value, "1") == 0;
    }
}
