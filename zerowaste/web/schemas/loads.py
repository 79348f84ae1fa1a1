"""A driver's loads, and the keys his phone checks codes with."""

from datetime import datetime

from zerowaste.vocabulary import Act, Status
from zerowaste.web.schemas.base import Answer, Id
from zerowaste.web.schemas.directory import Named


class StopItem(Answer):
    """One end of the way; decimal degrees (WGS 84). `id`: what the site's own code says."""

    id: Id
    code: str
    name: str
    name_en: str
    lat: float | None
    lon: float | None


class PackageItem(Answer):
    """A tagged package; `id`: what the code on its label says."""

    tag: str
    id: Id


class LoadLineItem(Answer):
    """What is to be carried."""

    line: int
    waste_code: str
    name: Named
    mass_g: int
    loaded_g: int | None
    packages: int
    packaging: str
    tagged: list[PackageItem]


class ScanItem(Answer):
    """A scan that is the driver's to make, on which leg, and the fields it asks for."""

    kind: Act
    leg: int
    needs: list[str]


class LoadItem(Answer):
    """A load, and the driver's own scans on it in the order of the road.

    `offline_within_hours`: how old a scan made without network may be when it is sent."""

    id: Id
    number: str
    status: Status
    stream: str
    stream_name: Named
    offline_within_hours: int
    consignor: StopItem
    consignee: StopItem
    planned_at: datetime
    expires_at: datetime
    vehicle: str
    legs: int
    scans: list[ScanItem]
    lines: list[LoadLineItem]


class KeyItem(Answer):
    """A public Ed25519 key that codes are checked with: its number in the code, and its 32 bytes in hex."""

    id: int
    public_key: str


class KeysReply(Answer):
    """`signed`: what a code's signature covers in front of its own 18 bytes, in hex."""

    signed: str
    items: list[KeyItem]
