#include "power.h"

#include <signal.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "console.h"

void power_off(void) {
    reboot(RB_POWER_OFF);
    /* A machine that cannot be switched off: QEMU runs with -no-reboot, which makes this its end. */
    reboot(RB_AUTOBOOT);
    fatal("cannot power off");
}

void shut_down(void) {
    kill(-1, SIGKILL);
    sync();
    power_off();
}
