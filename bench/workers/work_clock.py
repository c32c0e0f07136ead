"""What every worker shares: it times its work without start-up and imports, and prints one JSON line."""

import json
import os
import resource
import sys
import time


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(workloads):
    """Runs workloads[argv[1]](**json argv[2]) and prints its answer with the time that it took."""
    work = workloads[sys.argv[1]]
    arguments = json.loads(sys.argv[2])
    wall, cpu = time.monotonic(), cpu_seconds()
    answer = work(**arguments)
    print(json.dumps({"work_wall": time.monotonic() - wall, "work_cpu": cpu_seconds() - cpu, "answer": answer}, default=str), flush=True)
    os._exit(0)  # now and then a peer's threads abort at the interpreter's end, after the work
