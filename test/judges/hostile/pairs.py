"""Pairs of bodies by a seed, one a line, with what second implementations say of them: `same`, `different` or `unreadable`."""

import base64
import gzip
import json
import random
import sys
import zlib

import brotli
import zstandard
from formats import FORMATS, TEXTS, value

sys.setrecursionlimit(5000)
ODD = b'\x00\xff\x80"\\{}[],:<>&;= \n\r\t0-#aeE.'
CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": zstandard.ZstdCompressor().compress,
}


def changed(rnd, one):
    """The value with one thing in it changed, gone or added."""
    if isinstance(one, (list, dict)) and one and rnd.random() < 0.8:
        members = dict(enumerate(one)) if isinstance(one, list) else dict(one)
        key, how = rnd.choice(list(members)), rnd.random()
        if how < 0.6:
            members[key] = changed(rnd, members[key])
        elif how < 0.8:
            del members[key]
        else:
            members[len(members) if isinstance(one, list) else rnd.choice(TEXTS)] = value(rnd, 4)
        return list(members.values()) if isinstance(one, list) else members
    return value(rnd, 3)


def damaged(rnd, body):
    body = bytearray(body)
    for _ in range(rnd.randint(1, 3)):
        at, how = rnd.randrange(len(body) + 1), rnd.random()
        if how < 0.3 and at < len(body):
            body[at] ^= 1 << rnd.randrange(8)
        elif how < 0.6:
            body[at:at] = bytes(rnd.choice(ODD) for _ in range(rnd.randint(1, 3)))
        elif how < 0.8:
            del body[at : at + rnd.randint(1, 4)]
        elif how < 0.9:
            body[at:at] = body[: rnd.randint(1, 8)]
        else:
            del body[at:]
    return bytes(body)


def read(reader, body):
    try:
        return True, reader(body)
    except RecursionError:
        return False, None
    except Exception:  # Whatever a reader says of what it does not read.
        return False, None


def verdict(reader, stable, candidate):
    (ours, a), (theirs, b) = read(reader, stable), read(reader, candidate)
    return "unreadable" if not (ours and theirs) else "same" if a == b else "different"


def pair(seed):
    rnd = random.Random(seed)
    name = rnd.choice(list(FORMATS))
    media_type, write, reader = FORMATS[name]
    one = value(rnd)
    other = one if rnd.random() < 0.45 else changed(rnd, one)
    stable, candidate = write(rnd, one, 0), write(rnd, other, 1)
    harm = rnd.random() < 0.45
    if harm:
        candidate = damaged(rnd, candidate)
    label = verdict(reader, stable, candidate)
    codings = [rnd.choice(list(CODINGS)) if rnd.random() < 0.1 else None for _ in range(2)]
    stable, candidate = (CODINGS[c](body) if c and body else body for c, body in zip(codings, (stable, candidate)))
    told = [{"base64": base64.b64encode(body).decode(), "coding": c if body else None} for c, body in zip(codings, (stable, candidate))]
    return {"seed": seed, "format": name, "type": media_type, "label": label, "damaged": harm, "stable": told[0], "candidate": told[1]}


first, count = map(int, sys.argv[1:])
for number in range(first, first + count):
    try:
        print(json.dumps(pair(number)))
    except (OverflowError, UnicodeEncodeError):
        continue  # A value that its format does not hold.
