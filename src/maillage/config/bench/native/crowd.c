/* Phones that hold a stream open and note when each event is whole. In C, so that the load is not what is measured.
 *
 * crowd PORT REQUESTS TOGETHER GREETED. REQUESTS: a file, each request after its length in four bytes. TOGETHER: lines
 * opened at once. GREETED: 1 when the server sends an event at first, which is waited for.
 * Says « open N » once all are. Then, for each « arm » read: « armed », and once each has had one more whole event,
 * « seen N BYTES » and N doubles, the moment of each by CLOCK_MONOTONIC. « last »: the bytes of the first phone's last
 * event, after « event N ». Ends with its input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define TAIL 24
static const char MARK[] = "event: view\n", END[] = "\n\n\r\n"; /* of a message, then of its chunk */

struct phone {
    int place, tail_size;
    char marked, tail[TAIL];
};

static struct phone phones[MOST];
static double *seen;
static char *has, *last;
static size_t last_size, last_room, kept_size;
static char *kept;
static int missing, epoll;
static uint64_t bytes;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void keep(const char *data, size_t size) {
    if (last_size + size > last_room) {
        last_room = 2 * (last_size + size);
        last = realloc(last, last_room);
    }
    memcpy(last + last_size, data, size);
    last_size += size;
}

static void read_some(int fd) {
    static char buffer[TAIL + (1 << 18)];
    struct phone *phone = &phones[fd];
    for (;;) {
        memcpy(buffer, phone->tail, (size_t)phone->tail_size);
        ssize_t size = recv(fd, buffer + phone->tail_size, 1 << 18, MSG_DONTWAIT);
        if (size < 0) return;
        if (size == 0) { fprintf(stderr, "a stream was ended by the server\n"); exit(4); }
        bytes += (uint64_t)size;
        if (phone->place == 0) keep(buffer + phone->tail_size, (size_t)size);
        size_t whole = (size_t)(size + phone->tail_size);
        if (!phone->marked && memmem(buffer, whole, MARK, sizeof MARK - 1)) phone->marked = 1;
        if (whole >= 4 && !memcmp(buffer + whole - 4, END, 4)) {
            if (phone->place == 0) {
                if (phone->marked) {
                    kept = realloc(kept, last_size);
                    memcpy(kept, last, last_size);
                    kept_size = last_size;
                }
                last_size = 0;
            }
            if (phone->marked && !has[phone->place]) {
                seen[phone->place] = now();
                has[phone->place] = 1;
                missing--;
            }
            phone->marked = 0;
            phone->tail_size = 0;
        } else {
            phone->tail_size = whole < TAIL ? (int)whole : TAIL;
            memmove(phone->tail, buffer + whole - phone->tail_size, (size_t)phone->tail_size);
        }
        if (size < 1 << 18) return;
    }
}

static void turn(int wait) {
    struct epoll_event events[512];
    int ready = epoll_wait(epoll, events, 512, wait);
    for (int at = 0; at < ready; at++) read_some(events[at].data.fd);
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int together = atoi(arguments[3]), greeted = atoi(arguments[4]), opened = 0, yes = 1;
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    seen = calloc(MOST, sizeof *seen);
    has = calloc(MOST, 1);
    epoll = epoll_create1(0);
    FILE *file = fopen(arguments[2], "rb");
    if (!file) return 2;
    uint32_t size;
    char *request = malloc(1 << 20);
    while (fread(&size, sizeof size, 1, file) == 1) {
        if (size > 1 << 20 || fread(request, 1, size, file) != size) return 2;
        int line = socket(AF_INET, SOCK_STREAM, 0);
        if (line < 0 || line >= MOST || connect(line, (struct sockaddr *)&there, sizeof there)) { perror("a phone"); return 3; }
        setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (send(line, request, size, MSG_NOSIGNAL) != (ssize_t)size) { perror("a request"); return 3; }
        phones[line] = (struct phone){.place = opened++};
        struct epoll_event event = {.events = EPOLLIN, .data.fd = line};
        epoll_ctl(epoll, EPOLL_CTL_ADD, line, &event);
        missing++;
        if (opened % together == 0)
            while (greeted && missing > 0) turn(-1);
    }
    while (greeted && missing > 0) turn(-1);
    printf("open %d\n", opened);
    fflush(stdout);
    struct epoll_event input = {.events = EPOLLIN, .data.fd = 0};
    int commands = epoll_create1(0);
    epoll_ctl(commands, EPOLL_CTL_ADD, 0, &input);
    input.data.fd = epoll;
    epoll_ctl(commands, EPOLL_CTL_ADD, epoll, &input);
    char word[64];
    int armed = 0;
    for (;;) {
        struct epoll_event events[2];
        int ready = epoll_wait(commands, events, 2, -1);
        for (int at = 0; at < ready; at++) {
            if (events[at].data.fd == epoll) { turn(0); continue; }
            ssize_t got = read(0, word, sizeof word - 1);
            if (got <= 0) return 0;
            word[got] = 0;
            if (!strncmp(word, "arm", 3)) {
                memset(has, 0, MOST);
                missing = opened;
                bytes = 0;
                armed = 1;
                printf("armed\n");
            } else if (!strncmp(word, "last", 4)) {
                printf("event %zu\n", kept_size);
                fwrite(kept, 1, kept_size, stdout);
            }
            fflush(stdout);
        }
        if (armed && missing == 0) {
            armed = 0;
            printf("seen %d %llu\n", opened, (unsigned long long)bytes);
            fwrite(seen, sizeof *seen, (size_t)opened, stdout);
            fflush(stdout);
        }
    }
}
