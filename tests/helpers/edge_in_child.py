"""What `test_edge` lets another process do with an index, to watch it or to kill it.

usage: edge_in_child.py create PATH, hold PATH or write PATH FIRST
"""

import sys
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from knowledge.store.base import Point, Schema, SparseVector
from knowledge.store.edge.engine import EdgeStore

SCHEMA = Schema(dense={"image": 8}, sparse=("bm25",), keywords=("kind",))
BATCH = 20


def uid(n):
    return str(uuid5(NAMESPACE_URL, f"point {n}"))


def point(n):
    vector = np.zeros(8, np.float32)
    vector[n % 8] = 1
    sparse = SparseVector((n % 5,), (1.0,))
    return Point(uid(n), {"n": n, "kind": f"kind {n % 3}"}, {"image": vector, "bm25": sparse})


def replaced(n):
    return {"n": n, "replaced": True}


def write_batch(store, first):
    """Twenty points, of which the first is deleted again and the second gets a new payload."""
    store.upsert([point(n) for n in range(first, first + BATCH)])
    store.delete([uid(first)])
    store.replace_payload({uid(first + 1): replaced(first + 1)})


def create(path):
    say("creating")
    EdgeStore.open(path, schema=SCHEMA, create=True)
    say("created")
    sys.stdin.read()


def hold(path):
    store = EdgeStore.open(path, schema=None, create=False)
    say(f"holding {store.count()}")
    sys.stdin.read()


def write(path, first):
    store = EdgeStore.open(path, schema=None, create=False)
    while True:
        write_batch(store, first)
        first += BATCH
        say(first)


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    job, path, *numbers = sys.argv[1:]
    {"create": create, "hold": hold, "write": write}[job](Path(path), *map(int, numbers))
