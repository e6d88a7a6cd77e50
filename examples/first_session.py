#!/usr/bin/env python3
"""The first session of the README, with Python's standard library alone.

    python3 examples/first_session.py [http://localhost:8080]
"""

import json
import sys
import urllib.error
import urllib.request

SERVER = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8080"


def call(method, path, body=None, content_type="application/json"):
    """Sends a request and reads the JSON of its answer. An error ends the program, in words."""
    if body is not None:
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    request = urllib.request.Request(SERVER + path, data=body, method=method)
    if body is not None:
        request.add_header("Content-Type", content_type)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{method} {path}: {problem['status']} {problem['reason']}: {problem['detail']}")


def access(machine, pid, op, address, value=None):
    """One access by a process; answers what became of it."""
    one = {"op": op, "address": address}
    if value is not None:
        one["value"] = value
    answer = call("POST", f"{machine}/processes/{pid}/accesses", {"accesses": [one]})
    return answer["results"][0]


def fault(result):
    """How the fault of an access was resolved, or that there was none."""
    met = result["fault"]
    return f"{met['type']} fault, {met['resolution']}" if met else "no fault"


def main():
    made = call("POST", "/v1/machines", {
        "frames": 4, "addressBits": 16, "translation": {"kind": "linear"}, "tlb": None})
    machine = "/v1/machines/" + made["id"]

    parent = call("POST", machine + "/processes")["pid"]
    print("write:", fault(access(machine, parent, "write", "0x1004", 7)))
    result = access(machine, parent, "read", "0x1004")
    print("read:", result["value"], "with", fault(result))

    child = call("POST", f"{machine}/processes/{parent}/fork")["pid"]
    frame = call("GET", machine + "/frames")["frames"][0]
    print("fork: process", child, "shares frame", frame["frame"])

    print("child writes:", fault(access(machine, child, "write", "0x1004", 8)))
    print("parent reads:", access(machine, parent, "read", "0x1004")["value"])

    trace = call("POST", f"{machine}/processes/{parent}/trace", "2 3 4 5 6 1", "text/x-pages")
    counters = trace["counters"]
    print("trace:", counters["pageFaults"], "page faults,", counters["evictions"], "evictions")

    call("DELETE", machine)


if __name__ == "__main__":
    main()
