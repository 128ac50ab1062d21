/* Looks a host name up as programs do, through /etc/hosts and the name servers of /etc/resolv.conf. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

int main(int count, char **words) {
    struct addrinfo *found = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    int problem = count == 2 ? getaddrinfo(words[1], NULL, &hints, &found) : EAI_NONAME;
    if (problem) {
        puts(gai_strerror(problem));
        return 1;
    }
    for (; found; found = found->ai_next) {
        char text[INET_ADDRSTRLEN];
        const struct sockaddr_in *address = (const struct sockaddr_in *)found->ai_addr;
        puts(inet_ntop(AF_INET, &address->sin_addr, text, sizeof text));
    }
    return 0;
}
