#!/usr/bin/env bash
# calls.sh FOLDER - what the system calls of an operation are, as strace counts them; FOLDER holds bench_calls.
# Calls made fewer than 100 times (of loading and leaving) are only in the total.
set -euo pipefail

counted() {
    local log
    log=$(mktemp)
    strace -c -U calls,errors,name -S calls -o "$log" "$@"
    printf '$ strace -c %s\n' "$(basename "$1") ${*:2}"
    sed -n '/^ *calls/p; /^ *[0-9]/p' "$log" | awk 'NR == 1 || $1 >= 100 || $NF == "total"'
    rm "$log"
}

counted "$1/bench_calls" records 10000
echo
counted "$1/bench_calls" starts 1000 /bin/true
