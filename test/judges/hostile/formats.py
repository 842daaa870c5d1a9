"""Formats of bodies: how a value is written in one style or another, and what somebody else's reader takes a body for."""

import csv
import email
import email.policy
import io
import json
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from urllib.parse import parse_qsl, quote_plus

import cbor2
import html5lib
import msgpack
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from jsonseq.decode import JSONSeqDecoder
from ruamel.yaml import YAML

TEXTS = ["", "a", "b", "0", "-0", "1.0", "null", "true", "é", "e\u0301", "😀", "\u00a0", " ", "a b", "\n", "\t", "<b>", "&amp;", '"', "'",
         "\\", "/", ",", ";", ":", "=", "#", "- x", "yes", "~", "NaN", "text:NaN", "base64:AQ==", "key 1", "2026-01-01T00:00:00Z",
         "data: x", "AQID", "name", "value", '{"a":1}', "[1]", "a" * 300]  # fmt: skip
NUMBERS = [0, 1, -1, 7, 255, 256, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**64 - 1, -(2**63), 0.5, 0.1, 1e21, 1e-7, 1e300, 100.0]


class Pairs(list):
    """Members of an object, of which a name may stand twice."""


def value(rnd, depth=0):
    kind = rnd.random()
    if depth > 4 or kind < 0.2:
        return rnd.choice(TEXTS)
    if kind < 0.42:
        return rnd.choice(NUMBERS)
    if kind < 0.5:
        return rnd.choice([True, False, None])
    if kind < 0.72:
        return [value(rnd, depth + 1) for _ in range(rnd.randint(0, 4))]
    return {rnd.choice(TEXTS): value(rnd, depth + 1) for _ in range(rnd.randint(0, 4))}


def shuffled(rnd, one):
    if isinstance(one, list):
        return [shuffled(rnd, element) for element in one]
    if not isinstance(one, dict):
        return one
    members = list(one.items())
    rnd.shuffle(members)
    return {name: shuffled(rnd, member) for name, member in members}


def canonical(one):
    """A text that two values share where they are the same to a reader with types for integers, texts and bytes."""
    if isinstance(one, bool) or one is None:
        return repr(one)
    if isinstance(one, Decimal):
        return f"n{one.normalize() if one else 0}"
    if isinstance(one, float) and not (math.isfinite(one) and one == int(one)):
        return f"n{one!r}".replace("nnan", "nNaN")
    if isinstance(one, (int, float)):
        return f"n{int(one)}"
    if isinstance(one, str):
        return f"s{one!r}"
    if isinstance(one, bytes):
        return f"b{one.hex()}"
    if isinstance(one, Pairs) or hasattr(one, "items"):
        members = one if isinstance(one, Pairs) else one.items()
        return "{" + ",".join(sorted(f"{canonical(name)}={canonical(member)}" for name, member in members)) + "}"
    if isinstance(one, (list, tuple)):
        return "[" + ",".join(map(canonical, one)) + "]"
    return f"{type(one).__name__}{one!r}"


def refused(text):
    raise ValueError(text)


def read_json(text):
    return canonical(json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=refused, object_pairs_hook=Pairs))


def write_json(rnd, one, style):
    if style == 0:
        return json.dumps(one, ensure_ascii=False)
    return json.dumps(shuffled(rnd, one), ensure_ascii=rnd.random() < 0.5, indent=rnd.choice([None, 1, 2]))


def read_lines(text):
    return [read_json(line) for line in text.split("\n") if line.strip(" \t\r")]


def write_lines(rnd, one, style):
    texts = one if isinstance(one, list) and one else [one]
    return "\n".join(write_json(rnd, text, style).replace("\n", "") for text in texts) + ("\n" if style else "")


def write_sequence(rnd, one, style):
    texts = one if isinstance(one, list) and one else [one]
    return "".join("\x1e" * (2 if style and rnd.random() < 0.2 else 1) + write_json(rnd, text, style) + "\n" for text in texts)


def read_sequence(text):
    if not text.startswith("\x1e") or not text.endswith("\n"):
        refused("no sequence, or one that was cut (RFC 7464, 2.4)")
    decoder = JSONSeqDecoder(parse_int=Decimal, parse_float=Decimal, parse_constant=refused, object_pairs_hook=Pairs)
    return [canonical(one) for one in decoder.decode(re.split("(?=\x1e)", text)[1:])]


BOUNDARY = "b0undary"


def write_parts(rnd, one, style):
    members = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else [("a", one)]
    parts = []
    for at, (name, member) in enumerate(members):
        is_data = isinstance(member, (list, dict))
        content = write_json(rnd, member, style) if is_data else str(member).replace("\n", "")
        head = [f'Content-Disposition: form-data; name="k{TEXTS.index(name) if name in TEXTS else at}"']
        if is_data:
            head.append("Content-Type: application/json")
        if style:
            head = [line.replace("Content-", "content-").replace(": ", rnd.choice([":", ": ", ":  "]), 1) for line in reversed(head)]
        parts.append("\r\n".join(head) + "\r\n\r\n" + content)
    opening = "preamble\r\n" if style and rnd.random() < 0.3 else ""
    return opening + "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n"


def read_parts(body):
    """As Python's mail reader takes them apart; what it finds odd is left to nobody."""
    head = f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    parts = message.get_payload()
    if message.defects or not isinstance(parts, list):
        refused("no parts")
    told = []
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        if part.defects or part.is_multipart() or not isinstance(name, str) or part["content-transfer-encoding"]:
            refused("an odd part")
        content = part.get_payload(decode=True)
        kind = part.get_content_type()
        told.append((name, kind, read_json(content.decode()) if kind == "application/json" else content))
    return told


def read_events(text):
    """As the HTML standard has it, 9.2.6; data that is JSON by what it says."""
    events, data, name, last = [], [], "message", ""
    for line in re.split("\r\n|\n|\r", text)[:-1]:
        field, _, said = line.partition(":")
        said = said.removeprefix(" ")
        if line == "":
            if data:
                try:
                    told = read_json("\n".join(data))
                except ValueError:
                    told = "text " + "\n".join(data)
                events.append((name, told, last))
            data, name = [], "message"
        elif field == "data":
            data.append(said)
        elif field == "event":
            name = said or "message"
        elif field == "id":
            last = said
    return events


def write_events(rnd, one, style):
    end = rnd.choice(["\n", "\r\n", "\r"]) if style else "\n"
    text = ""
    for at, event in enumerate(one if isinstance(one, list) else [one]):
        name = f"event: e{end}" if at % 2 else ""
        text += name + "".join(f"data: {line}{end}" for line in write_json(rnd, event, 0).split("\n")) + end
    return text


def write_xml(rnd, one, style, name="a"):
    def escaped(text):
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\t\n\r]", "", text).replace("&", "&amp;").replace("<", "&lt;")
        return "".join(f"&#{ord(c)};" if style and c > "~" else c for c in text)

    if isinstance(one, (list, dict)):
        members = one.items() if isinstance(one, dict) else [("i", element) for element in one]
        content = "".join(write_xml(rnd, member, style, f"k{TEXTS.index(key) if key in TEXTS else 'i'}") for key, member in members)
    else:
        content = escaped(str(one))
    return f"<{name}>{content}</{name}>" if content or style else f"<{name}/>"


def read_xml(text):
    if "<!" in text:
        refused("a doctype or a comment")
    document = ElementTree.fromstring(text)
    for element in document.iter():
        # White space that only lays a document out.
        element.tail = None if (element.tail or "").isspace() else element.tail
        element.text = None if len(element) and (element.text or "").isspace() else element.text
    return ElementTree.canonicalize(ElementTree.tostring(document, encoding="unicode"), rewrite_prefixes=True)


def write_html(rnd, one, style):
    if isinstance(one, (list, dict)):
        members = one.values() if isinstance(one, dict) else one
        end = "" if style else "</li>"
        return f'<ul class={"x" if style else chr(34) + "x" + chr(34)}>' + "".join(f"<li>{write_html(rnd, m, style)}{end}" for m in members) + "</ul>"
    return f"<b>{str(one).replace('&', '&amp;').replace('<', '&lt;')}</b>"


def read_html(text):
    parts = []

    def said(words):
        parts.append(re.sub("[ \t\n\r\f]+", "", words or ""))

    def walk(element):
        parts.append(f"<{element.tag}{sorted(element.attrib.items())}")
        said(element.text)
        for child in element:
            if isinstance(child.tag, str):
                walk(child)
            said(child.tail)
        parts.append(">")

    walk(html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False))
    return [part for part in parts if part]


def write_table(rnd, one, style):
    cells = [str(cell).replace("\r", "") for cell in (one if isinstance(one, list) and len(one) > 1 else ["a", one])]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if style else csv.QUOTE_MINIMAL, lineterminator="\r\n" if style else "\n")
    writer.writerows([["h"] * len(cells), cells, cells[::-1]])
    return text.getvalue()


def read_table(text):
    if "\r" in text.replace("\r\n", "") or "\0" in text:
        refused("a return alone")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def write_form(rnd, one, style):
    members = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else [("a", one)]
    return "&".join(f"{quote_plus(str(name))}={quote_plus(str(said), safe='/' if style else '')}" for name, said in members)


def read_form(text):
    fields = {}
    for name, said in parse_qsl(text, keep_blank_values=True, errors="strict"):
        fields.setdefault(name, []).append(said)
    return fields


def write_yaml(rnd, one, style):
    return yaml.safe_dump(shuffled(rnd, one) if style else one, default_flow_style=bool(style), allow_unicode=not style, sort_keys=False)


def read_yaml(text):
    """By the rules of both versions."""
    new = YAML(typ="safe", pure=True)
    new.version = (1, 2)
    return [[canonical(one) for one in load(text)] for load in (yaml.safe_load_all, new.load_all)]


def read_msgpack(body):
    reader = msgpack.Unpacker(raw=False, strict_map_key=False, object_pairs_hook=Pairs, max_buffer_size=len(body) or 1)
    reader.feed(body)
    values = []
    while reader.tell() < len(body):
        values.append(canonical(reader.unpack()))
    return values or refused("nothing")


def read_cbor(body):
    stream, values = io.BytesIO(body), []
    reader = cbor2.CBORDecoder(stream)
    while stream.tell() < len(body):
        values.append(canonical(reader.decode()))
    return values or refused("nothing")


def message_class():
    file = descriptor_pb2.FileDescriptorProto(name="m.proto", syntax="proto3", package="p")
    message = file.message_type.add(name="M")
    for name, number, kind, label in [("n", 1, 3, 1), ("s", 2, 9, 1), ("m", 3, 11, 1), ("r", 4, 5, 3), ("b", 5, 12, 1), ("d", 6, 1, 1), ("ms", 7, 11, 3)]:
        field = message.field.add(name=name, number=number, type=kind, label=label)
        if kind == 11:
            field.type_name = ".p.M"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p.M"))


Message = message_class()


def message_of(one):
    """A message that says what a value says, as far as it can."""
    message = Message()
    if isinstance(one, bool) or one is None:
        message.r.extend([1, int(one or 0), 300])
    elif isinstance(one, int):
        message.n = one if -(2**63) <= one < 2**63 else 1
    elif isinstance(one, float):
        message.d = one
    elif isinstance(one, str):
        message.s = one
    else:
        message.ms.extend(message_of(m) for m in (one.values() if isinstance(one, dict) else one))
    return message


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def write_protobuf(_rnd, one, style):
    body = message_of(one).SerializeToString()
    packed = re.match(rb"\x22(.)([\x00-\x7f]|[\x80-\xff][\x01-\x7f])*", body, re.DOTALL)
    if not style or packed is None or one not in (True, False, None):
        return body
    return b"".join(b"\x20" + varint(number) for number in message_of(one).r)


def read_protobuf(body):
    message = Message()
    message.ParseFromString(body)
    before = len(message.SerializeToString())
    message.DiscardUnknownFields()
    known = message.SerializeToString(deterministic=True)
    return known if len(known) == before else refused("fields that the schema does not have")


def write_frames(rnd, one, style):
    messages = one if isinstance(one, list) and one else [one]
    bodies = [write_protobuf(rnd, message, style) for message in messages]
    return b"".join(b"\0" + struct.pack(">I", len(body)) + body for body in bodies)


def read_frames(body):
    messages = []
    while body:
        flag, length = struct.unpack(">BI", body[:5])
        if flag or len(body) < 5 + length:
            refused("no frame")
        messages.append(read_protobuf(body[5 : 5 + length]))
        body = body[5 + length :]
    return messages


def of_text(write):
    return lambda rnd, one, style: write(rnd, one, style).encode()


def as_text(read):
    return lambda body: read(body.decode("utf-8"))


# media type, writer, reader
FORMATS = {
    "json": ("application/json", of_text(write_json), as_text(read_json)),
    "lines": ("application/x-ndjson", of_text(write_lines), as_text(read_lines)),
    "events": ("text/event-stream", of_text(write_events), as_text(read_events)),
    "sequence": ("application/json-seq", of_text(write_sequence), as_text(read_sequence)),
    "parts": (f"multipart/form-data; boundary={BOUNDARY}", of_text(write_parts), read_parts),
    "xml": ("application/xml", of_text(write_xml), as_text(read_xml)),
    "html": ("text/html; charset=utf-8", of_text(write_html), as_text(read_html)),
    "table": ("text/csv", of_text(write_table), as_text(read_table)),
    "form": ("application/x-www-form-urlencoded", of_text(write_form), as_text(read_form)),
    "yaml": ("application/yaml", of_text(write_yaml), as_text(read_yaml)),
    "msgpack": ("application/msgpack", lambda rnd, one, style: msgpack.packb(shuffled(rnd, one) if style else one), read_msgpack),
    "cbor": ("application/cbor", lambda rnd, one, style: cbor2.dumps(one, canonical=bool(style)), read_cbor),
    "protobuf": ("application/x-protobuf", write_protobuf, read_protobuf),
    "grpc": ("application/grpc", write_frames, read_frames),
}
