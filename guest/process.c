#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "command.h"
#include "options.h"
#include "output.h"
#include "peaks.h"

/* What the host sees of a command that could not start, where the profile hides the reason. */
enum { START_FAILED_STATUS = 9 };

struct process {
    struct process *next;
    uint64_t id;
    pid_t pid;
    bool dead;
    struct output outputs[STANDARD_STREAMS];
};

static struct process *processes;
static uint64_t last_id;

static void forget(struct process *process) {
    for (struct process **link = &processes; *link; link = &(*link)->next) {
        if (*link == process) {
            *link = process->next;
            break;
        }
    }
    for (int i = 0; i < STANDARD_STREAMS; i++)
        output_close(&process->outputs[i]);
    free(process);
}

static void forget_if_drained(struct process *process) {
    if (process->dead && output_is_drained(&process->outputs[STDOUT_FILENO]) &&
        output_is_drained(&process->outputs[STDERR_FILENO]))
        forget(process);
}

static struct process *find(uint64_t id) {
    for (struct process *process = processes; process; process = process->next) {
        if (process->id == id)
            return process;
    }
    return NULL;
}

/* Opens the three streams and starts the command. Returns 0 or an errno. */
static int start(struct process *process, const struct request *request, bool *opened) {
    int streams[STANDARD_STREAMS] = {-1, -1, -1};
    int reason = 0;
    for (uint8_t i = 0; i < STANDARD_STREAMS; i++)
        process->outputs[i].source.fd = -1;
    for (uint8_t i = 0; i < STANDARD_STREAMS && reason == 0; i++) {
        streams[i] = output_open(&process->outputs[i], process->id, i, &request->redirects[i]);
        reason = streams[i] < 0 ? errno : 0;
    }
    *opened = reason == 0;
    if (reason == 0)
        reason = command_start(request, streams, &process->pid);
    for (int i = 0; i < STANDARD_STREAMS; i++) {
        if (streams[i] >= 0)
            close(streams[i]);
    }
    return reason;
}

void process_run(const struct request *request) {
    struct process *process = calloc(1, sizeof *process);
    if (!process || request->invalid || !request->binary.data || request->arguments.count == 0) {
        answer_error(request->id, process ? EINVAL : ENOMEM);
        free(process);
        return;
    }
    process->id = ++last_id;
    bool opened;
    int reason = start(process, request, &opened);
    if (reason == 0) {
        process->next = processes;
        processes = process;
        answer_number(request->id, process->id);
        for (int i = 0; i < STANDARD_STREAMS; i++)
            output_follow(&process->outputs[i]);
        peaks_watch();
        return;
    }
    if (opened && options.profile->hides_start_errors) {
        answer_number(request->id, process->id);
        notify_death(process->id, START_FAILED_STATUS, EXITED);
    } else {
        answer_error(request->id, reason);
    }
    forget(process);
}

void process_kill(const struct request *request) {
    struct process *process = find(request->process);
    if (!process || process->dead) {
        answer_error(request->id, ESRCH);
        return;
    }
    /* The command leads a process group of its own, so what it started ends with it. */
    kill(-process->pid, SIGKILL);
    answer_ok(request->id);
}

void process_query(const struct request *request) {
    struct process *process = find(request->process);
    if (process)
        forget_if_drained(process);
    process = find(request->process);
    if (!process)
        answer_error(request->id, ESRCH);
    else if (request->stream != STDOUT_FILENO && request->stream != STDERR_FILENO)
        answer_error(request->id, EINVAL);
    else
        output_answer(&process->outputs[request->stream], request);
}

static void tell_death(struct process *process, int status) {
    process->dead = true;
    if (WIFEXITED(status))
        notify_death(process->id, (uint8_t)WEXITSTATUS(status), EXITED);
    else
        notify_death(process->id, (uint8_t)WTERMSIG(status),
                     WCOREDUMP(status) ? DUMPED_CORE : KILLED);
}

void process_reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (struct process *process = processes; process; process = process->next) {
            if (process->pid == pid && !process->dead) {
                tell_death(process, status);
                break;
            }
        }
    }
}

void process_forget_all(void) {
    while (processes)
        forget(processes);
}

bool process_any_runs(void) {
    for (const struct process *process = processes; process; process = process->next) {
        if (!process->dead)
            return true;
    }
    return false;
}
