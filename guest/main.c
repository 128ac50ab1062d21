/*
 * The guest agent: PID 1 of a VM that runs a Golem image. It sets the guest up as the runtime on Golem's
 * providers does, then serves the host's requests (README.md) until it is told to quit.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "boot.h"
#include "console.h"
#include "events.h"
#include "look.h"
#include "modules.h"
#include "network.h"
#include "options.h"
#include "peaks.h"
#include "port.h"
#include "power.h"
#include "process.h"
#include "request.h"
#include "reset.h"
#include "state.h"
#include "statistics.h"
#include "volumes.h"

static void handle(const struct request *request) {
    switch ((enum request_type)request->type) {
    case QUIT:
        answer_ok(request->id);
        port_finish();
        shut_down();
    case RUN_PROCESS:
        state_remember();
        process_run(request);
        break;
    case KILL_PROCESS:
        process_kill(request);
        break;
    case MOUNT_VOLUME:
        volume_mount(request);
        break;
    case QUERY_OUTPUT:
        process_query(request);
        break;
    case UPLOAD_FILE:
    case PUT_INPUT:
    case SYNC_FS:
        answer_error(request->id, ENOSYS);
        break;
    case NET_CTL:
        network_configure(request);
        break;
    case NET_HOST:
        network_add_hosts(request);
        break;
    case GUEST_STATISTICS:
        statistics_answer(request);
        break;
    case RESET:
        reset_answer(request);
        break;
    case LOOK:
        look_answer(request);
        break;
    }
}

static size_t handle_bytes(const uint8_t *data, size_t length) {
    static struct request request;
    size_t taken = request_parse(&request, data, length);
    if (taken > 0)
        handle(&request);
    return taken;
}

static void child_ended(struct source *source) {
    struct signalfd_siginfo information;
    ssize_t got = read(source->fd, &information, sizeof information);
    (void)got;
    process_reap();
}

static void watch_children(void) {
    static struct source children = {.ready = child_ended};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    children.fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children.fd < 0 || events_watch(&children, EPOLLIN) < 0)
        fatal("cannot watch for children that end: %s", strerror(errno));
}

static _Noreturn void serve(void) {
    events_open();
    watch_children();
    peaks_open();
    port_open(handle_bytes);
    say("ready");
    for (;;) {
        port_move();
        events_handle_one();
    }
}

int main(void) {
    umask(022);
    mount_kernel_file_systems();
    console_open();
    read_options();
    if (options.probe) {
        say("probe");
        power_off();
    }
    load_modules();
    port_find();
    open_image();
    enter_image();
    set_up_system();
    serve();
}
