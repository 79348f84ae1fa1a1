"""Calling a webhook: signed, and only ever an address of the public internet.

A call is a POST of JSON with three headers. The receiver computes HMAC-SHA256 over the timestamp, a full stop
and the body as it came, with the secret he was shown once, compares it with the signature in constant time,
refuses timestamps older than five minutes, and remembers ids: a repeated call has the same id.

    Zerowaste-Id: 0197…                     the call's id
    Zerowaste-Timestamp: 1767225600         seconds since 1970
    Zerowaste-Signature: v1=4f3c…           hexadecimal

Against calls into our own network (SSRF): https only, no redirects, and the name is resolved here, once;
every address it has must be public, and the connection goes to the address that was looked at."""

import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event, Timer
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_S, READ_S, LONGEST_S = 5.0, 10.0, 20.0
LARGEST_BODY = 64_000
LONGEST_URL = 500
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TRANSLATED = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("64:ff9b:1::/48"))


class NotDelivered(Exception):
    """It did not get there; the text says why. `for_good`: trying again is no use."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address in its parts."""

    secure: bool
    host: str
    port: int
    path: str


def read_url(url: str, *, loopback: bool = False) -> Target | None:
    """The parts of an address that may be called; None for any other. `loopback`: tests call http on their
    own machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    plain = loopback and parts.scheme == "http"
    if (parts.scheme != "https" and not plain) or not parts.hostname or parts.username or parts.password:
        return None
    # A space or control character has no place in an address, and may end a line of the request.
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or parts.fragment:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(not plain, parts.hostname, port or (80 if plain else 443), path)


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet: not of this machine, this network, a cloud's
    metadata service, nor another address in disguise."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        if found.teredo is not None or any(found in network for network in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def address_of(target: Target, *, loopback: bool = False) -> str:
    """The one address to connect to. Raises NotDelivered where any address of the name is not public."""
    try:
        answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered(f"the name {target.host} is not known") from error
    addresses = [str(answer[4][0]) for answer in answers]
    for address in addresses:
        own = loopback and ipaddress.ip_address(address.partition("%")[0]).is_loopback
        if not own and not is_public(address):
            raise NotDelivered(f"{target.host} is not an address of the public internet")
    if not addresses:
        raise NotDelivered(f"the name {target.host} has no address")
    return addresses[0]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What the receiver compares: `v1=` and HMAC-SHA256 over `timestamp.body` in hexadecimal."""
    signed = str(timestamp).encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers_for(secret: str, call_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The headers of a call."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "zerowaste-webhook/1",
        "Connection": "close",
        "Zerowaste-Id": call_id,
        "Zerowaste-Timestamp": str(timestamp),
        "Zerowaste-Signature": signature(secret, timestamp, body),
    }


def call(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    loopback: bool = False,
    context: ssl.SSLContext | None = None,
) -> None:
    """Make the call. Any 2xx is an answer; nothing of it is read. Raises NotDelivered, after LONGEST_S at the
    latest."""
    target = read_url(url, loopback=loopback)
    if target is None or len(body) > LARGEST_BODY:
        raise NotDelivered("the address may not be called", for_good=True)
    connection = _connection(target, address_of(target, loopback=loopback), context)
    too_slow = Event()
    watch = Timer(LONGEST_S, _break_off, [connection, too_slow])
    watch.daemon = True
    watch.start()
    try:
        host = f"[{target.host}]" if ":" in target.host else target.host
        named = host if target.port in (80, 443) else f"{host}:{target.port}"
        connection.request("POST", target.path, body=body, headers={**headers, "Host": named})
        if connection.sock is not None:
            connection.sock.settimeout(READ_S)
        status = connection.getresponse().status
        if too_slow.is_set():  # what was broken off may look like a short answer
            raise NotDelivered("no answer: too slow")
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        why = "too slow" if too_slow.is_set() else type(error).__name__
        raise NotDelivered(f"no answer: {why}") from error
    finally:
        watch.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"answered {status}", for_good=status == 410)


def _connection(
    target: Target, address: str, context: ssl.SSLContext | None
) -> HTTPConnection | HTTPSConnection:
    """To the address that was looked at; the certificate must be the name's."""
    if not target.secure:
        return HTTPConnection(address, target.port, timeout=CONNECT_S)
    return HTTPSConnection(
        address,
        target.port,
        timeout=CONNECT_S,
        server_hostname=target.host,
        assert_hostname=target.host,
        ssl_context=context or ssl.create_default_context(),
    )


def _break_off(connection: HTTPConnection, too_slow: Event) -> None:
    """Who answers a byte at a time is not waited for. Said before it is done: the caller wakes at once."""
    too_slow.set()
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
