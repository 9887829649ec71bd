"""What parent and child say to each other over a stream socket: a length, a JSON object, and at most one descriptor.

first     {"held": [LAYER, ...], "refused": REASON or ""} from the child, before any request
request   {"op": "compile", "sources": [[path, text], ...]}
answer    {"problems": [[path, line, message], ...], "content_only": [...], "form": BASE64 of the compiled rules or ""}
request   {"op": "load", "form": BASE64}, in place of compiling
answer    {"refused": REASON or ""}
request   {"op": "scan", "externals": {...}} + descriptor
answer    {"hits": [...], "refused": REASON or ""}
request   {"op": "texts", "texts": [TEXT, ...]}
answers   one {"hits": [...], "refused": REASON or ""} for each, in order, each as soon as it is known
"""

import json
import socket
import struct
import sys
from typing import Any

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

NETWORK, USER, CAPABILITIES, SECCOMP = LAYERS = ("network", "user", "capabilities", "seccomp")
"""Layers of confinement, as the child names them: no network, another user than root, no capabilities, a filter."""
LENGTH = struct.Struct("<I")
MAX_MESSAGE = 64 << 20


def send(sock: socket.socket, message: dict[str, Any], fd: int | None = None) -> None:
    """Send one message, with a descriptor beside its first bytes."""
    body = json.dumps(message).encode()
    head = LENGTH.pack(len(body))
    if fd is None:
        sock.sendall(head + body)
        return
    socket.send_fds(sock, [head], [fd])
    sock.sendall(body)


def receive(sock: socket.socket) -> tuple[dict[str, Any], int | None]:
    """One message and the descriptor that came with it; EOFError when the other side is gone or talks nonsense."""
    head, fds, _, _ = socket.recv_fds(sock, LENGTH.size, 1)
    fd = fds[0] if fds else None
    head += _exactly(sock, LENGTH.size - len(head)) if head else b""
    if len(head) < LENGTH.size:
        raise EOFError("the other side closed the socket")
    (length,) = LENGTH.unpack(head)
    if length > MAX_MESSAGE:
        raise EOFError(f"a message of {length} bytes is no message of ours (at most {MAX_MESSAGE})")
    message = json.loads(_exactly(sock, length))
    if not isinstance(message, dict):
        raise EOFError("a message that is no object")
    return message, fd


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = sock.recv(min(count - len(data), 1 << 20))
        if not part:
            raise EOFError("the other side closed the socket in the middle of a message")
        data += part
    return bytes(data)
