#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "options.h"

/* What execve(2) takes. */
struct command {
    char *binary, *directory;
    char **arguments, **environment;
};

static void free_strings(char **strings) {
    for (char **at = strings; at && *at; at++)
        free(*at);
    free(strings);
}

/* A NULL-terminated copy, or NULL with errno. */
static char **copy_strings(struct array array) {
    /* Each item has at least the 8 bytes of its length, so the count is bounded by the message's size. */
    char **strings = calloc(array.count + 1, sizeof *strings);
    struct bytes item;
    for (size_t i = 0; strings && array_next(&array, &item); i++) {
        strings[i] = bytes_to_string(item);
        if (!strings[i]) {
            free_strings(strings);
            return NULL;
        }
    }
    return strings;
}

static void free_command(struct command *command) {
    free(command->binary);
    free(command->directory);
    free_strings(command->arguments);
    free_strings(command->environment);
}

static int copy_command(struct command *command, const struct request *request) {
    static const struct bytes root = {(const uint8_t *)"/", 1};
    struct array environment = request->environment;
    if (!options.profile->passes_environment)
        environment.count = 0;
    command->binary = bytes_to_string(request->binary);
    command->directory = bytes_to_string(request->directory.length > 0 ? request->directory : root);
    command->arguments = copy_strings(request->arguments);
    command->environment = copy_strings(environment);
    bool complete = command->binary && command->directory && command->arguments && command->environment;
    return complete ? 0 : errno;
}

static int become(const struct command *command, const struct request *request, const int streams[]) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    for (int i = 0; i < STANDARD_STREAMS; i++) {
        if (dup2(streams[i], i) < 0)
            return errno;
    }
    write_text_file("/proc/self/oom_score_adj", "0");
    if (chdir(command->directory) < 0 || setgroups(0, NULL) < 0 || setgid(request->gid) < 0 ||
        setuid(request->uid) < 0)
        return errno;
    execve(command->binary, command->arguments, command->environment);
    return errno;
}

static int fork_and_exec(const struct command *command, const struct request *request,
                         const int streams[], pid_t *pid) {
    /* Closed by a successful execve(2), else it carries the errno. */
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;
    *pid = fork();
    int reason = *pid < 0 ? errno : 0;
    if (*pid == 0) {
        reason = become(command, request, streams);
        write_all(report[1], &reason, sizeof reason);
        _exit(127);
    }
    close(report[1]);
    if (*pid > 0 && read(report[0], &reason, sizeof reason) == sizeof reason)
        waitpid(*pid, NULL, 0);
    close(report[0]);
    return reason;
}

int command_start(const struct request *request, const int streams[STANDARD_STREAMS], pid_t *pid) {
    struct command command = {0};
    int reason = copy_command(&command, request);
    if (reason == 0)
        reason = fork_and_exec(&command, request, streams, pid);
    free_command(&command);
    return reason;
}
