#!/usr/bin/env bash
# The first session of the README, with curl alone.
#
#     bash examples/first-session.sh [http://localhost:8080]
set -euo pipefail

server=${1:-http://localhost:8080}

# Sends a request and writes the JSON of its answer. An error ends the script, in words.
call() {
    local method=$1 path=$2 answer
    shift 2
    if ! answer=$(curl -sS --fail-with-body -X "$method" "$server$path" "$@"); then
        echo "$method $path: $answer" >&2
        exit 1
    fi
    printf '%s\n' "$answer"
}

# The first field of a name in some JSON. That is enough here; for more there is jq.
field() {
    grep -oE "\"$1\":(\"[^\"]*\"|[^,}]*)" <<<"$2" | sed -nE '1{s/^[^:]*:"?//; s/"$//; p}'
}

# One access by a process: pid, then the access.
access() {
    call POST "$machine/processes/$1/accesses" -H 'Content-Type: application/json' \
        -d "{\"accesses\": [$2]}"
}

# How the fault of an access was resolved, or that there was none.
fault() {
    if [[ $(field fault "$1") == null ]]; then
        echo "no fault"
    else
        echo "$(field type "$1") fault, $(field resolution "$1")"
    fi
}

made=$(call POST /v1/machines -H 'Content-Type: application/json' -d '{
    "frames": 4, "addressBits": 16, "translation": {"kind": "linear"}, "tlb": null}')
machine=/v1/machines/$(field id "$made")

process=$(call POST "$machine/processes")
parent=$(field pid "$process")
result=$(access "$parent" '{"op": "write", "address": "0x1004", "value": 7}')
echo "write: $(fault "$result")"
result=$(access "$parent" '{"op": "read", "address": "0x1004"}')
echo "read: $(field value "$result") with $(fault "$result")"

process=$(call POST "$machine/processes/$parent/fork")
child=$(field pid "$process")
frames=$(call GET "$machine/frames")
echo "fork: process $child shares frame $(field frame "$frames")"

result=$(access "$child" '{"op": "write", "address": "0x1004", "value": 8}')
echo "child writes: $(fault "$result")"
result=$(access "$parent" '{"op": "read", "address": "0x1004"}')
echo "parent reads: $(field value "$result")"

trace=$(call POST "$machine/processes/$parent/trace" -H 'Content-Type: text/x-pages' \
    -d '2 3 4 5 6 1')
echo "trace: $(field pageFaults "$trace") page faults, $(field evictions "$trace") evictions"

call DELETE "$machine" >/dev/null
