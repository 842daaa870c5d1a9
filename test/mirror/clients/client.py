"""Exchanges of Python's http.client on one connection: `python3 client.py host:port`, a line for each."""
import gzip
import hashlib
import http.client
import sys

connection = http.client.HTTPConnection(sys.argv[1], timeout=30)
large = bytes(i % 251 for i in range(300_000))


def exchange(method, path, body=None, chunked=False, fields=()):
    headers = {"Accept-Encoding": "gzip", **dict(fields)}
    if chunked:
        whole = body
        body = (whole[i : i + 70_000] for i in range(0, len(whole), 70_000))
        headers["Transfer-Encoding"] = "chunked"
    connection.request(method, path, body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    got = answer.read()
    if answer.getheader("Content-Encoding") == "gzip" and got:
        got = gzip.decompress(got)
    told = answer.getheader("X-Told", "")
    print(method, path, answer.status, len(got), hashlib.sha256(got).hexdigest()[:16], told, flush=True)


for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
    for path in ("/plain", "/gzip", "/chunked", "/large", "/nothing", "/same"):
        exchange(method, path)
for method in ("POST", "PUT", "PATCH", "DELETE", "GET"):
    exchange(method, "/plain", b"hello")
    exchange(method, "/chunked", large)
    exchange(method, "/gzip", large, chunked=True)
exchange("POST", "/plain", b"")
exchange("POST", "/plain", b"hello", fields=[("Expect", "100-continue")])
