#!/usr/bin/env bash
# Makes a trace of exactly 10,000,000 memory references from a real program.
#
#   make-long-trace.sh OUT.bin [OUT.lackey]
#
# The program is xz compressing a text this script writes, run under
# `valgrind --tool=lackey --trace-mem=yes`. The trace is its first 10,000,000
# references, from the first instruction of the dynamic linker on.
#
# OUT.bin: 80,000,000 bytes, one little-endian 64-bit word for each reference.
#   The low 62 bits are the address, the top 2 the operation:
#   0 read (L), 1 write (S), 2 execute (I). M is a read, then a write.
#   Sizes are dropped: an access across a page border counts for its first page.
# OUT.lackey: the same references as lackey writes them (about 140 MB), with its
#   ==pid== header lines. If the count runs out between the read and the write
#   of an M, the last line is written as that L.
#
# Repeated on one machine, OUT.bin comes out the same but for a few reads by the
# dynamic linker, which move within one stack page: the sequence of 4 KiB pages is
# the same. Other versions of xz, the C library or valgrind, or another processor,
# give another trace.
#
# Needs Linux, valgrind, gcc (or CC), xz and awk.
set -euo pipefail

readonly REFERENCES=10000000

die() {
    echo "make-long-trace.sh: $*" >&2
    exit 1
}

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: make-long-trace.sh OUT.bin [OUT.lackey]" >&2
    exit 2
fi
out=$1
text=${2:-}
cc=${CC:-gcc}

need() {
    command -v "$1" >/dev/null 2>&1 || die "$1 not found${2:+; on Debian: apt-get install $2}"
}
need valgrind valgrind
need "$cc" gcc
need xz xz-utils
need awk mawk
valgrind=$(type -P valgrind)
xz=$(type -P xz)
for file in "$out" ${text:+"$text"}; do
    [ ! -d "$file" ] || die "$file is a directory"
    [ -d "$(dirname -- "$file")" ] || die "no such directory: $(dirname -- "$file")"
done

work=$(mktemp -d)
cleanup() {
    if [ -s "$work/pid" ]; then
        # xz catches SIGTERM and SIGPIPE, so nothing gentler ends it.
        kill -KILL "$(cat "$work/pid")" 2>/dev/null || true
        wait "$(cat "$work/pid")" 2>/dev/null || true
    fi
    rm -rf -- "$work"
    rm -f -- "$out.part" ${text:+"$text.part"}
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Address randomisation off where the system lets us.
fixed=()
if command -v setarch >/dev/null 2>&1 && setarch "$(uname -m)" -R true 2>/dev/null; then
    fixed=(setarch "$(uname -m)" -R)
else
    echo "make-long-trace.sh: setarch -R does not work here; runs may differ" >&2
fi

# 650 KB of text: words drawn by a fixed generator, with line numbers.
awk 'BEGIN {
    n = split("the a page frame fault of to and in write read dirty clean tree node swap" \
        " disk memory table walk level entry bit map queue clock hand aging random second" \
        " chance", word, " ")
    x = 1
    for (line = 0; line < 9000; line++) {
        s = ""
        for (i = 0; i < 12; i++) {
            x = (x * 16807) % 2147483647
            s = s " " word[x % n + 1]
            if (x % 7 == 0) s = s (x % 1000)
        }
        print line s
    }
}' >"$work/text.txt"

cat >"$work/convert.c" <<'C'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t count, limit, ops[3];
static FILE *out;

static void put(uint64_t address, uint64_t op) {
    uint64_t word = address | op << 62;
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(word >> 8 * i);
    if (fwrite(bytes, 1, 8, out) != 8) {
        perror("convert: write");
        exit(1);
    }
    ops[op]++;
    count++;
}

static FILE *create(const char *path) {
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    return file;
}

/* convert LIMIT OUT [TEXT] < lackey text */
int main(int argc, char **argv) {
    char line[4096];
    (void)argc;
    limit = strtoull(argv[1], NULL, 10);
    out = create(argv[2]);
    FILE *text = argv[3] ? create(argv[3]) : NULL;
    setvbuf(stdin, NULL, _IOFBF, 1 << 20);
    while (count < limit && fgets(line, sizeof line, stdin)) {
        char kind = line[0] == ' ' ? line[1] : line[0] == 'I' && line[1] == ' ' ? 'I' : 0;
        if (kind && strchr("ILSM", kind)) {
            char *end;
            uint64_t address = strtoull(line + 3, &end, 16);
            if (end == line + 3 || *end != ',' || address >> 62) {
                fprintf(stderr, "convert: not a lackey line: %s", line);
                return 1;
            }
            if (kind == 'I') put(address, 2);
            if (kind == 'L' || kind == 'M') put(address, 0);
            if (kind == 'M' && count == limit) line[1] = 'L';
            else if (kind == 'S' || kind == 'M') put(address, 1);
        }
        if (text && fputs(line, text) == EOF) {
            perror("convert: write");
            return 1;
        }
    }
    if (fclose(out) || (text && fclose(text))) {
        perror("convert: close");
        return 1;
    }
    if (count < limit) {
        fprintf(stderr, "convert: the trace ended after %llu references\n",
                (unsigned long long)count);
        return 1;
    }
    printf("%llu references: %llu reads, %llu writes, %llu executes\n",
           (unsigned long long)count, (unsigned long long)ops[0],
           (unsigned long long)ops[1], (unsigned long long)ops[2]);
    return 0;
}
C
"$cc" -O2 -o "$work/convert" "$work/convert.c" || die "$cc could not compile the converter"

# A fixed environment and directory keep the program's stack the same from run to run.
exec 3< <(
    echo "$BASHPID" >"$work/pid"
    exec 9>&1 >/dev/null 2>"$work/err" <"$work/text.txt"
    cd /
    exec env -i PATH=/usr/bin:/bin LC_ALL=C ${fixed[@]+"${fixed[@]}"} "$valgrind" --vgdb=no \
        --tool=lackey --trace-mem=yes --log-fd=9 "$xz" -T1 -3 -c
)
if ! "$work/convert" "$REFERENCES" "$out.part" ${text:+"$text.part"} <&3; then
    cat "$work/err" >&2
    die "no trace made"
fi

mv -- "$out.part" "$out"
[ -z "$text" ] || mv -- "$text.part" "$text"
