/* The floor of the fan-out: an epoll loop that writes the same bytes to the same sockets, and does nothing else.
 *
 * floor PORT FILE. Whoever sends « go » is told nothing; all the others are written the file at each « go ».
 * What a socket does not take at once is written when it can be.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536

static char *data;
static size_t length;
static size_t left[MOST]; /* bytes of the current push that a socket still lacks */
static char is_phone[MOST];
static int epoll;

static void wait_for(int fd, unsigned what) {
    struct epoll_event event = {.events = what, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

static void give(int fd) {
    while (left[fd]) {
        ssize_t wrote = send(fd, data + (length - left[fd]), left[fd], MSG_NOSIGNAL);
        if (wrote < 0) {
            if (errno == EAGAIN) wait_for(fd, EPOLLIN | EPOLLOUT);
            else left[fd] = 0;
            return;
        }
        left[fd] -= (size_t)wrote;
    }
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(length + 1);
    if (!bytes || fread(bytes, 1, length, file) != length) exit(2);
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    data = read_file(arguments[2]);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1, highest = 0;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 2048)) return 3;
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    char received[4096];
    for (;;) {
        int ready = epoll_wait(epoll, events, 512, -1);
        for (int at = 0; at < ready; at++) {
            int fd = events[at].data.fd;
            if (fd == listener) {
                int line;
                while ((line = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    if (line >= MOST) { close(line); continue; }
                    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    struct epoll_event one = {.events = EPOLLIN, .data.fd = line};
                    epoll_ctl(epoll, EPOLL_CTL_ADD, line, &one);
                    left[line] = 0;
                    is_phone[line] = 0;
                    if (line > highest) highest = line;
                }
                continue;
            }
            if (events[at].events & EPOLLOUT) {
                wait_for(fd, EPOLLIN);
                give(fd);
            }
            if (!(events[at].events & EPOLLIN)) continue;
            ssize_t read_ = recv(fd, received, sizeof received, 0);
            if (read_ < 0 && errno == EAGAIN) continue;
            if (read_ <= 0) {
                left[fd] = is_phone[fd] = 0;
                close(fd);
            } else if (read_ == 2 && !memcmp(received, "go", 2)) {
                for (int phone = 0; phone <= highest; phone++)
                    if (is_phone[phone]) {
                        left[phone] = length;
                        give(phone);
                    }
            } else {
                is_phone[fd] = 1;
            }
        }
    }
}
