"""Photos and files over HTTP."""

import hashlib
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.cast import DAN, FAY, Person
from tests.web.conftest import Caller, Running
from zerowaste.services.acts.evidence import EVIDENCE, LARGEST_BYTES

LogIn = Callable[[Person], Caller]
JPEG = b"\xff\xd8\xff\xe0" + b"a photo of a load" * 10


def rows(running: Running, sha256: str) -> list[tuple[str, str, int]]:
    with running.service.database.session_for(write=False) as session:
        found = session.execute(select(EVIDENCE).where(EVIDENCE.c.sha256 == sha256)).all()
    return [(row.actor, row.media_type, row.size) for row in found]


def test_a_photo_is_kept_once_under_its_hash(running: Running, log_in: LogIn) -> None:
    sha256 = hashlib.sha256(JPEG).hexdigest()
    headers = {"Content-Type": "image/jpeg"}
    for person in (DAN, DAN, FAY):
        answer = log_in(person).post("/evidence", data=JPEG, headers=headers)
        assert (answer.status_code, answer.json) == (201, {"sha256": sha256})
    assert rows(running, sha256) == [("dan", "image/jpeg", len(JPEG))]


def test_a_form_with_one_file_will_do(running: Running, log_in: LogIn) -> None:
    pdf = b"%PDF-1.7\n..."
    answer = log_in(FAY).post(
        "/evidence", data={"file": (io.BytesIO(pdf), "slip.pdf")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 201
    assert rows(running, answer.json["sha256"]) == [("fay", "application/pdf", len(pdf))]


def test_what_the_file_is_counts_and_not_what_it_says_it_is(log_in: LogIn) -> None:
    answer = log_in(DAN).post(
        "/evidence", data=b"<html><script>alert(1)</script>", headers={"Content-Type": "image/png"}
    )
    assert (answer.status_code, answer.json["code"]) == (415, "evidence_type")


@pytest.mark.parametrize("files", [0, 2])
def test_a_form_must_hold_exactly_one_file(log_in: LogIn, files: int) -> None:
    form = {f"file{number}": (io.BytesIO(JPEG), "x.jpg") for number in range(files)}
    answer = log_in(DAN).post("/evidence", data={"x": "y", **form}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "one_file"


def test_an_empty_file_is_no_evidence(log_in: LogIn) -> None:
    answer = log_in(DAN).post("/evidence", data=b"", headers={"Content-Type": "image/jpeg"})
    assert answer.json["errors"][0]["code"] == "evidence_empty"


def test_eight_mebibytes_are_enough(log_in: LogIn) -> None:
    largest = JPEG + bytes(LARGEST_BYTES - len(JPEG))
    dan, headers = log_in(DAN), {"Content-Type": "image/jpeg"}
    assert dan.post("/evidence", data=largest, headers=headers).status_code == 201
    for more in (1, 10_000_000):
        answer = dan.post("/evidence", data=largest + bytes(more), headers=headers)
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\n\r\n'
    for content, status in ((largest, 201), (largest + b"x", 413), (largest + bytes(10**6), 413)):
        form = head + content + b"\r\n--x--\r\n"
        answer = dan.post("/evidence", data=form, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == status


def test_a_file_that_comes_in_pieces_is_not_cut_off_at_eight_mebibytes(log_in: LogIn) -> None:
    dan = log_in(DAN)
    pieces = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for more, status in ((0, 201), (1, 413), (10**6, 413)):
        content = io.BytesIO(JPEG + bytes(LARGEST_BYTES - len(JPEG) + more))
        headers = {"Content-Type": "image/jpeg"}
        answer = dan.post("/evidence", input_stream=content, environ_overrides=pieces, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
        (b"rubbish", "multipart/form-data"),
        (b"\x00" * 100, "multipart/form-data; boundary=\xff"),
        (b"rubbish", ""),
    ],
)
def test_no_broken_upload_is_an_error_of_ours(log_in: LogIn, content: bytes, content_type: str) -> None:
    answer = log_in(DAN).post("/evidence", data=content, headers={"Content-Type": content_type})
    assert 400 <= answer.status_code < 500
