/* Maps a file of the directory as databases do, to be written by several processes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 2 || chdir(arguments[1]) < 0)
        return 2;
    int file = open("map", O_RDWR | O_CREAT, 0644);
    if (file < 0 || ftruncate(file, 4096) < 0)
        return 2;
    void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    puts(map == MAP_FAILED ? strerror(errno) : "mapped");
    return 0;
}
