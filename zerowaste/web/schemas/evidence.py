"""Photos and files."""

from zerowaste.web.schemas.base import Answer


class EvidenceReply(Answer):
    """The file's SHA-256, by which acts refer to it."""

    sha256: str
