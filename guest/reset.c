#include "reset.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "answer.h"
#include "boot.h"
#include "console.h"
#include "files.h"
#include "leave.h"
#include "process.h"
#include "state.h"

enum { WAIT_STEP_MS = 1, MAX_WAIT_MS = 5000 };

/* Kills everything that commands left running and waits until it is gone. */
static int end_processes(void) {
    for (int waited = 0; waited < MAX_WAIT_MS; waited += WAIT_STEP_MS) {
        /* Again each time: one of them may have forked meanwhile. */
        kill(-1, SIGKILL);
        process_reap();
        siginfo_t child;
        if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD)
            return 0;
        sleep_milliseconds(WAIT_STEP_MS);
    }
    return ETIMEDOUT;
}

static int reset(void) {
    int reason = end_processes();
    if (reason != 0)
        return reason;
    process_forget_all();
    reason = leave_image();
    if (reason != 0)
        return reason;
    enter_image();
    set_up_system();
    return state_is_unchanged() ? 0 : ENOTRECOVERABLE;
}

void reset_answer(const struct request *request) {
    int reason = reset();
    if (reason == 0) {
        answer_ok(request->id);
        return;
    }
    say("cannot reset the guest: %s", strerror(reason));
    answer_error(request->id, reason);
}
