"""Calling webhooks: signed, pinned to a public address, never redirected, never for long."""

import hashlib
import hmac
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.receivers import certificate, program
from zerowaste.services.messaging import webhook_calls
from zerowaste.services.messaging.webhook_calls import (
    NotDelivered,
    address_of,
    call,
    headers_for,
    is_public,
    read_url,
    signature,
)

SECRET, BODY = "zws_secret", '{"kind":"overdue","holder":"彭氏"}'.encode()


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """What every name is from now on."""
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **how: answers)


def test_a_receiver_verifies_a_call_by_what_the_documentation_says() -> None:
    with program() as told:
        call(told.url, BODY, headers_for(SECRET, "id-1", 1_767_225_600, BODY), loopback=True)
    ((headers, body),) = told.heard
    signed = headers["Zerowaste-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(headers["Zerowaste-Signature"], f"v1={expected}")
    assert (headers["Zerowaste-Id"], headers["Content-Type"]) == ("id-1", "application/json")
    assert body == BODY


def test_a_signature_is_of_this_moment_and_this_body() -> None:
    assert signature(SECRET, 1, BODY) != signature(SECRET, 2, BODY) != signature(SECRET, 2, BODY + b" ")
    assert signature("", 1, b"") == "v1=" + hmac.new(b"", b"1.", hashlib.sha256).hexdigest()


def test_the_certificate_must_be_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = certificate(tmp_path)
    with program(tls) as told:
        port = told.url.rpartition(":")[2].removesuffix("/hook")
        url = f"https://localhost:{port}/hook"
        call(url, BODY, {}, loopback=True, context=tls.client())
        assert told.heard[0][0]["Host"] == f"localhost:{port}"
        with pytest.raises(NotDelivered, match="no answer"):
            call(url, BODY, {}, loopback=True)  # nobody we trust signed it
        names(monkeypatch, "127.0.0.1")
        with pytest.raises(NotDelivered, match="no answer"):
            call(f"https://other.example:{port}/", BODY, {}, loopback=True, context=tls.client())
        assert len(told.heard) == 1


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - not bound to, refused
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.100.100.200", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1",
        "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1",
        "2001:0:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "169.254.169.254"]
)
def test_calls_to_ourselves_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(NotDelivered, match=r"public internet|not known"):
        call(f"https://{host}/", BODY, {})


def test_a_name_that_resolves_to_ourselves_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "127.0.0.1")
    with pytest.raises(NotDelivered, match="public internet"):
        call("https://hooks.example.org/", BODY, {})


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(NotDelivered):
        address_of(read_url("https://hooks.example.org/"))  # type: ignore[arg-type]


def test_the_name_is_asked_once_and_the_connection_goes_where_it_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: public when it is looked at, ourselves when it is called."""
    asked: list[str] = []
    answers = iter(["1.1.1.1", "127.0.0.1"])

    def rebind(host: str, *rest: Any, **how: Any) -> Any:
        asked.append(host)
        address = next(answers) if host == "hooks.example.org" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    gone: list[tuple[str, int]] = []

    class NoNetwork(socket.socket):
        def connect(self, address: Any) -> None:
            gone.append(address)
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    monkeypatch.setattr(socket, "socket", NoNetwork)
    with pytest.raises(NotDelivered, match="no answer"):
        call("https://hooks.example.org/", BODY, {})
    assert asked.count("hooks.example.org") == 1
    assert {address for address, _ in gone} == {"1.1.1.1"}


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "https://", "https://user:x@example.org/", "https:///x",
     "https://example.org/#x", "https://exa mple.org/", "https://例子.cn/", "https://example.org:99999/",
     "https://[::1/", "gopher://x/", "https://example.org/\x01",
     "https://example.org/\x7f", "https://example.org/" + "a" * 500, ""],
)  # fmt: skip
def test_addresses_nobody_may_register(url: str) -> None:
    assert read_url(url) is None
    with pytest.raises(NotDelivered) as refused:
        call(url, BODY, {})
    assert refused.value.for_good


def test_a_redirect_is_no_answer_and_is_not_followed() -> None:
    with program() as ours, program() as told:
        told.answers, told.location = [307], ours.url
        with pytest.raises(NotDelivered, match="answered 307"):
            call(told.url, BODY, {}, loopback=True)
    assert ours.heard == []


@pytest.mark.parametrize(("status", "for_good"), [(500, False), (404, False), (410, True), (301, False)])
def test_what_is_no_answer(status: int, for_good: bool) -> None:
    with program() as told:
        told.answers = [status]
        with pytest.raises(NotDelivered, match=f"answered {status}") as failed:
            call(told.url, BODY, {}, loopback=True)
    assert failed.value.for_good is for_good


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 fine\r\n\r\n", b"",
     b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200],
    ids=["another protocol", "no such version", "no status", "nothing", "a long line", "many lines"],
)  # fmt: skip
def test_who_answers_nonsense_has_not_answered(answer: bytes) -> None:
    """And the round goes on to the others: it is one delivery that failed."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_once() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        with pytest.raises(NotDelivered, match="no answer"):
            call(f"http://127.0.0.1:{server.getsockname()[1]}/", BODY, {}, loopback=True)
        thread.join()


def test_who_answers_a_byte_at_a_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """He goes on until we have given up: that we come back at all is what is seen."""
    monkeypatch.setattr(webhook_calls, "LONGEST_S", 0.4)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"X")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(NotDelivered, match="too slow"):
            call(f"http://127.0.0.1:{server.getsockname()[1]}/", BODY, {}, loopback=True)
        over.set()
        thread.join()
