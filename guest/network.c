#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"
#include "console.h"
#include "files.h"

enum { VPN = 0, INTERNET = 1, VPN_MTU = 1220 };

static struct ifreq interface_request(const char *name) {
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return request;
}

static int set_up(int control, const char *name) {
    struct ifreq request = interface_request(name);
    if (ioctl(control, SIOCGIFFLAGS, &request) < 0)
        return -1;
    request.ifr_flags |= IFF_UP;
    return ioctl(control, SIOCSIFFLAGS, &request);
}

void bring_up_loopback(void) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0 || set_up(control, "lo") < 0)
        say("cannot bring up the loopback interface: %s", strerror(errno));
    if (control >= 0)
        close(control);
}

static bool is_given(struct bytes text) {
    return text.data && text.length > 0;
}

/* Parses a dotted IPv4 address. Returns 0 or -1 with errno. */
static int parse_address(struct bytes text, struct sockaddr *address) {
    struct sockaddr_in parsed = {.sin_family = AF_INET};
    char *string = bytes_to_string(text);
    int valid = string && inet_pton(AF_INET, string, &parsed.sin_addr) == 1;
    free(string);
    memcpy(address, &parsed, sizeof parsed);
    if (!valid)
        errno = EINVAL;
    return valid ? 0 : -1;
}

static int set_address(int control, const char *name, unsigned long operation, struct bytes text) {
    struct ifreq request = interface_request(name);
    if (!is_given(text))
        return 0;
    return parse_address(text, &request.ifr_addr) < 0 ? -1 : ioctl(control, operation, &request);
}

static int set_mtu(int control, const char *name, int bytes) {
    struct ifreq request = interface_request(name);
    request.ifr_mtu = bytes;
    return ioctl(control, SIOCSIFMTU, &request);
}

static in_addr_t number_of(const struct sockaddr *address) {
    struct sockaddr_in internet;
    memcpy(&internet, address, sizeof internet);
    return internet.sin_addr.s_addr;
}

/* Whether the interface's own address is in the network: its members are then reached without a gateway. */
static bool is_own_network(struct bytes own, const struct rtentry *route) {
    struct sockaddr address;
    in_addr_t mask = number_of(&route->rt_genmask);
    return is_given(own) && parse_address(own, &address) == 0 &&
           (number_of(&address) & mask) == number_of(&route->rt_dst) && mask != 0;
}

/* Routes the network (everything when none is given) through the gateway. */
static int add_route(int control, char *name, const struct request *request) {
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY, .rt_dev = name};
    static const struct bytes everything = {(const uint8_t *)"0.0.0.0", 7};
    bool has_network = is_given(request->network) && is_given(request->mask);
    if (!is_given(request->gateway))
        return 0;
    if (parse_address(request->gateway, &route.rt_gateway) < 0 ||
        parse_address(has_network ? request->network : everything, &route.rt_dst) < 0 ||
        parse_address(has_network ? request->mask : everything, &route.rt_genmask) < 0)
        return -1;
    if (is_own_network(request->interface_address, &route))
        return 0;
    return ioctl(control, SIOCADDRT, &route) < 0 && errno != EEXIST ? -1 : 0;
}

static int configure(int control, const struct request *request) {
    char name[IFNAMSIZ];
    snprintf(name, sizeof name, "eth%u", request->interface);
    if (set_address(control, name, SIOCSIFADDR, request->interface_address) < 0 ||
        (is_given(request->interface_address) &&
         set_address(control, name, SIOCSIFNETMASK, request->mask) < 0))
        return -1;
    if (request->interface == VPN && set_mtu(control, name, VPN_MTU) < 0)
        return -1;
    return set_up(control, name) < 0 ? -1 : add_route(control, name, request);
}

void network_configure(const struct request *request) {
    int control = request->interface <= INTERNET ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (request->interface > INTERNET)
        errno = EINVAL;
    if (control < 0 || configure(control, request) < 0)
        answer_error(request->id, errno);
    else
        answer_ok(request->id);
    if (control >= 0)
        close(control);
}

static bool is_one_word(struct bytes text) {
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] <= ' ' || text.data[i] == '#')
            return false;
    }
    return is_given(text);
}

void network_add_hosts(const struct request *request) {
    int reason = request->invalid ? EINVAL : 0;
    for (size_t i = 0; i < request->host_count && reason == 0; i++) {
        char line[512];
        struct bytes address = request->hosts[i].address, name = request->hosts[i].name;
        if (!is_one_word(address) || !is_one_word(name) || address.length + name.length + 3 > sizeof line) {
            reason = EINVAL;
            break;
        }
        snprintf(line, sizeof line, "%.*s\t%.*s\n", (int)address.length, (const char *)address.data,
                 (int)name.length, (const char *)name.data);
        reason = append_lines("/etc/hosts", line) < 0 ? errno : 0;
    }
    if (reason == 0)
        answer_ok(request->id);
    else
        answer_error(request->id, reason);
}
