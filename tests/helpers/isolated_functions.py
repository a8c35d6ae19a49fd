"""Functions that tests call in another process: well-behaved ones, and ones that hang or crash."""

import os
import time

from knowledge.errors import BrokenImageError


def reverse(blobs, *, word):
    return {"word": word[::-1], "process": os.getpid()}, [bytes(blob[::-1]) for blob in blobs]


def hang(_):
    while True:
        time.sleep(60)


def spin(_):
    """Keep a core busy inside of C, where no signal handler of Python's runs."""
    return {"n": (7**200_000_000).bit_length()}, []


def allocate(_, *, size):
    return {"n": len(bytearray(size))}, []


def crash(_):
    os.abort()


def refuse(_):
    raise BrokenImageError("This is damaged.")


def fail(_):
    raise ZeroDivisionError


def environment(_):
    return {"names": sorted(os.environ)}, []
