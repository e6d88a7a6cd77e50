/*
 * Runs a script of memory system calls on the kernel of this computer, and writes what that kernel
 * counted: faults of each touch, and which pages are resident. RealKernelTest runs the same script
 * on a Faultline machine. See scenarios.txt for the words.
 *
 * Huge pages are off, so that a fault is one page. Only the loops that touch are counted; whatever
 * else this program needs it has touched before.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096L
#define MOST_LINES 2000
#define ROOM 1024L /* pages that each region can use, below and above its start */

static char text[1 << 16];
static char *lines[MOST_LINES];
static int count;
static char scenario[64];
static int depth;
static char *region[26];
static char *heap;
static char dummy[3 * PAGE];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static struct rusage usage(void) {
    struct rusage now;
    getrusage(RUSAGE_SELF, &now);
    return now;
}

static void touch(char *from, long pages, int write) {
    volatile char *at = from;
    for (long i = 0; i < pages; i++, at += PAGE) {
        if (write) {
            *at = 1;
        } else {
            (void)*at;
        }
    }
}

static void touch_counted(char *name, char *from, long pages, int write) {
    touch(dummy + PAGE, 1, 1);
    usage();
    struct rusage before = usage();
    touch(from, pages, write);
    struct rusage after = usage();
    printf("%s %d %s %ld minor %ld major\n", scenario, depth, name,
            after.ru_minflt - before.ru_minflt, after.ru_majflt - before.ru_majflt);
}

static int protection(const char *letters) {
    return (strchr(letters, 'r') ? PROT_READ : 0) | (strchr(letters, 'w') ? PROT_WRITE : 0)
            | (strchr(letters, 'x') ? PROT_EXEC : 0);
}

static void map(char *start, long pages, const char *letters, int kind) {
    void *got = mmap(start, pages * PAGE, protection(letters),
            MAP_FIXED | kind, -1, 0);
    if (got == MAP_FAILED) die("mmap");
}

/*
 * Maps a file that was just written, so that all of it is cached. Each page is a mapping of its own,
 * and neighbours do not follow each other in the file: the kernel maps nothing around a fault.
 */
static void map_file(char *start, long pages, const char *letters, int sharing) {
    static char zeros[PAGE];
    int file = memfd_create("file", 0);
    if (file < 0) die("memfd_create");
    for (long i = 0; i < pages; i++) {
        if (write(file, zeros, PAGE) != PAGE) die("write");
    }
    for (long i = 0; i < pages; i++) {
        void *got = mmap(start + i * PAGE, PAGE, protection(letters), sharing | MAP_FIXED, file,
                (pages - 1 - i) * PAGE);
        if (got == MAP_FAILED) die("mmap");
    }
    close(file);
}

static void residency(char name, char *start, long pages) {
    unsigned char in[ROOM];
    printf("%s %d resident %c ", scenario, depth, name);
    for (long i = 0; i < pages; i++) {
        /* mincore refuses a range with holes, so page by page */
        int there = mincore(start + i * PAGE, PAGE, in) == 0 && (in[0] & 1);
        putchar(there ? '1' : '0');
    }
    putchar('\n');
}

static int run(int at);

/* Runs the lines of a child, and answers the line after its end. */
static int child(int at) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        depth++;
        run(at);
        fflush(stdout);
        _exit(0);
    }
    int status;
    if (waitpid(pid, &status, 0) < 0 || status != 0) die("child");
    for (int open = 1; open > 0; at++) {
        open += !strncmp(lines[at], "fork", 4) - !strncmp(lines[at], "end", 3);
    }
    return at;
}

/* Runs lines up to the end of the script, or of a child. */
static int run(int at) {
    while (at < count) {
        char word[64] = "", name[64] = "", letters[64] = "";
        long from = 0, pages = 0;
        char *line = lines[at++];
        if (sscanf(line, "%63s %63s %ld %ld %63s", word, name, &from, &pages, letters) < 1
                || *word == '#') {
            continue;
        }
        char **start = &region[(*name - 'a' + 26) % 26];
        char *first = *start ? *start + from * PAGE : 0;
        if (!strcmp(word, "scenario")) {
            strcpy(scenario, name);
            for (int i = 0; i < 26; i++) {
                if (region[i]) munmap(region[i] - ROOM * PAGE, 2 * ROOM * PAGE);
                region[i] = 0;
            }
            if (heap && brk(heap)) die("brk");
            heap = (char *)(((long)sbrk(0) + PAGE - 1) & -PAGE);
            if (brk(heap)) die("brk");
        } else if (!strcmp(word, "map") || !strcmp(word, "stack") || !strcmp(word, "box")
                || !strcmp(word, "private") || !strcmp(word, "shared")) {
            char *room = mmap(0, 2 * ROOM * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (room == MAP_FAILED) die("mmap");
            munmap(room, 2 * ROOM * PAGE);
            *start = room + ROOM * PAGE;
            if (*word == 'p' || !strcmp(word, "shared")) {
                map_file(*start, pages, letters, *word == 'p' ? MAP_PRIVATE : MAP_SHARED);
            } else {
                map(*start, pages, letters, MAP_ANONYMOUS
                        | (*word == 'b' ? MAP_SHARED : MAP_PRIVATE)
                        | (*word == 's' ? MAP_GROWSDOWN : 0));
            }
        } else if (!strcmp(word, "replace")) {
            map(first, pages, letters, MAP_PRIVATE | MAP_ANONYMOUS);
        } else if (!strcmp(word, "unmap")) {
            if (munmap(first, pages * PAGE)) die("munmap");
        } else if (!strcmp(word, "protect")) {
            if (mprotect(first, pages * PAGE, protection(letters))) die("mprotect");
        } else if (!strcmp(word, "dontneed")) {
            if (madvise(first, pages * PAGE, MADV_DONTNEED)) die("madvise");
        } else if (!strcmp(word, "lock")) {
            if (mlock(first, pages * PAGE)) die("mlock");
        } else if (!strcmp(word, "brk")) {
            if (sbrk(from * PAGE) == (void *)-1) die("sbrk");
        } else if (!strcmp(word, "heap")) {
            touch_counted(word, heap + from * PAGE, pages, 1);
        } else if (!strcmp(word, "write") || !strcmp(word, "read")) {
            touch_counted(word, first, pages, *word == 'w');
        } else if (!strcmp(word, "resident")) {
            residency(*name, first, pages);
        } else if (!strcmp(word, "fork")) {
            at = child(at);
        } else if (!strcmp(word, "end")) {
            return at;
        } else {
            fprintf(stderr, "unknown word: %s\n", line);
            exit(1);
        }
    }
    return at;
}

int main(void) {
    static char buffer[1 << 16];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)) die("prctl");
    for (ssize_t got, held = 0; (got = read(0, text + held, sizeof text - 1 - held)) > 0; held += got) {}
    for (char *line = strtok(text, "\n"); line && count < MOST_LINES; line = strtok(0, "\n")) {
        lines[count++] = line;
    }
    run(0);
    return 0;
}
