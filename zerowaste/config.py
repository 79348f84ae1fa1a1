"""The settings: what the environment says, and the secrets that live in `instance/`."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 10
_FACTOR_KEY_FILE = re.compile(r"factor-key-([0-9]{1,3})")
_KEY_FILE = re.compile(r"signing-key-([0-9]{1,3})\.(pem|pub)")


class WrongSetting(Exception):
    """A setting the service cannot start with; the text names it and says what to do."""


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one password check costs (argon2id): rounds, KiB of memory, lanes. RFC 9106's second
    recommended option, with as many lanes as a small server has processors."""

    rounds: int = 3
    memory_kib: int = 65536
    lanes: int = 2


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How often somebody may fail before he must wait: per login, and per network address."""

    failures: int = 10
    address_failures: int = 100
    forget_minutes: int = 15
    lock_minutes: int = 15


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The key that signs QR codes, and every public key that has ever signed one (id → key)."""

    key_id: int
    private: Ed25519PrivateKey = field(repr=False)
    public: Mapping[int, Ed25519PublicKey]


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server (SMTP); no host: no mail is sent. `security`: starttls, tls or none; `ca_file`: whom
    to trust besides the authorities this machine knows."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the service may be told. `base_url`: scheme and host printed in every QR code.

    `factor_keys`: what the secrets of second factors are encrypted with (number → key; the highest
    encrypts, all decrypt). `requests_per_minute`: burst limit of one client in one process, 0 for
    none. `threads`: of one worker; the connection pool is as large. `trusted_proxies`: reverse proxies
    in front of us whose `X-Forwarded-For` is believed. `webhook_loopback`: webhooks may be called on this
    very machine without encryption, for tests."""

    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    signing: SigningKeys
    factor_keys: Mapping[int, str] = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    city: str = "3601"
    manifests: Path = ROOT / "manifests"
    production: bool = False
    threads: int = 8
    trusted_proxies: int = 0
    requests_per_minute: int = 30_000
    log_requests: bool = True
    token_hours: int = 12
    password_cost: PasswordCost = PasswordCost()
    login_limits: LoginLimits = LoginLimits()
    mail: MailSettings = MailSettings()
    webhook_loopback: bool = False


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Makes `instance/` and its secrets on the first run.

    Raises WrongSetting, which names the variable or file at fault."""
    env = os.environ if environ is None else environ
    production = _flag(env, "ZEROWASTE_PRODUCTION")
    instance = Path(env.get("ZEROWASTE_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = _whole(env, "PORT", 8000, 1, 65535)
    return Settings(
        instance=instance,
        database_url=env.get("ZEROWASTE_DATABASE_URL") or f"sqlite:///{instance}/zerowaste.db",
        secret_key=_secret_key(env, instance, production=production),
        signing=signing_keys(instance, production=production),
        factor_keys=factor_keys(instance, production=production),
        base_url=_base_url(env, port, production=production),
        port=port,
        city=_city(env),
        manifests=Path(env.get("ZEROWASTE_MANIFESTS") or ROOT / "manifests"),
        production=production,
        threads=_whole(env, "ZEROWASTE_THREADS", 8, 1, 256),
        trusted_proxies=_whole(env, "ZEROWASTE_TRUSTED_PROXIES", 0, 0, 9),
        requests_per_minute=_whole(env, "ZEROWASTE_REQUESTS_PER_MINUTE", 30_000, 0, 10**7),
        log_requests=_flag(env, "ZEROWASTE_LOG_REQUESTS", default=True),
        token_hours=_whole(env, "ZEROWASTE_TOKEN_HOURS", 12, 1, 24 * 366),
        mail=_mail(env),
        webhook_loopback=_flag(env, "ZEROWASTE_WEBHOOK_LOOPBACK") and not production,
    )


def _mail(env: Mapping[str, str]) -> MailSettings:
    host, sender = env.get("ZEROWASTE_SMTP_HOST") or "", env.get("ZEROWASTE_MAIL_FROM") or ""
    security = env.get("ZEROWASTE_SMTP_SECURITY") or "starttls"
    if security not in ("starttls", "tls", "none"):
        raise WrongSetting(f"ZEROWASTE_SMTP_SECURITY must be starttls, tls or none, not {security!r}")
    if host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise WrongSetting(
            "ZEROWASTE_MAIL_FROM must be the address mails come from, such as city@example.org"
        )
    user = env.get("ZEROWASTE_SMTP_USER") or ""
    if user and security == "none":
        raise WrongSetting("ZEROWASTE_SMTP_SECURITY none would send the password in the clear")
    return MailSettings(
        host=host,
        port=_whole(env, "ZEROWASTE_SMTP_PORT", 465 if security == "tls" else 587, 1, 65535),
        security=security,
        user=user,
        password=env.get("ZEROWASTE_SMTP_PASSWORD") or "",
        sender=sender,
        ca_file=env.get("ZEROWASTE_SMTP_CA_FILE") or "",
    )


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise WrongSetting(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    text = env.get(name) or ("1" if default else "0")
    if text not in ("0", "1"):
        raise WrongSetting(f"{name} must be 0 or 1, not {text!r}")
    return text == "1"


def _city(env: Mapping[str, str]) -> str:
    city = env.get("ZEROWASTE_CITY") or "3601"
    if not re.fullmatch(r"[1-9][0-9]{3}", city):
        raise WrongSetting(f"ZEROWASTE_CITY must be the four digits of a city, not {city!r}")
    return city


def _base_url(env: Mapping[str, str], port: int, *, production: bool) -> str:
    """It stays on paper for ten years, so production must choose it knowingly."""
    url = (env.get("ZEROWASTE_BASE_URL") or "").rstrip("/")
    if not url and not production:
        return f"http://127.0.0.1:{port}"
    if not re.fullmatch(r"https?://[a-zA-Z0-9.-]+(:[0-9]{1,5})?", url):
        raise WrongSetting(f"ZEROWASTE_BASE_URL must look like https://host, not {url!r}")
    if production and not url.lower().startswith("https://"):
        raise WrongSetting("ZEROWASTE_BASE_URL must begin with https:// in production")
    return url


def _secret_key(env: Mapping[str, str], instance: Path, *, production: bool) -> str:
    secret = env.get("ZEROWASTE_SECRET_KEY")
    where = "ZEROWASTE_SECRET_KEY"
    if secret is None:
        file = instance / "secret-key"
        _create(file, _fresh_secret)
        _require_private(file, production=production)
        secret, where = file.read_text(encoding="ascii").strip(), str(file)
    weak = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS
    if weak and production:
        raise WrongSetting(f"{where} is too weak: at least {SHORTEST_SECRET} random characters are needed")
    return secret


def _fresh_secret() -> bytes:
    return secrets.token_urlsafe(48).encode()


def factor_keys(instance: Path, *, production: bool = False) -> Mapping[int, str]:
    """The keys in `instance/factor-key-N`. To change keys add the next number, and keep the old ones:
    what they encrypted can be read with nothing else."""
    if not list(instance.glob("factor-key-*")):
        _create(instance / "factor-key-1", _fresh_secret)
    keys: dict[int, str] = {}
    for file in sorted(instance.glob("factor-key-*")):
        named = _FACTOR_KEY_FILE.fullmatch(file.name)
        if named is None:
            raise WrongSetting(f"{file}: the name must be factor-key-N")
        _require_private(file, production=production)
        keys[int(named[1])] = file.read_text(encoding="ascii").strip()
        if len(keys[int(named[1])]) < SHORTEST_SECRET:
            raise WrongSetting(f"{file} is too short: at least {SHORTEST_SECRET} characters are needed")
    return keys


def signing_keys(instance: Path, *, production: bool = False) -> SigningKeys:
    """The keys in `instance/`: `signing-key-N.pem` (private; the highest N signs) and
    `signing-key-N.pub`. To change keys add the next number; keep every `.pub` for ever."""
    if not any(_KEY_FILE.fullmatch(file.name) for file in instance.glob("signing-key-*.pem")):
        _create(instance / "signing-key-1.pem", _fresh_key)
    private: dict[int, Ed25519PrivateKey] = {}
    public: dict[int, Ed25519PublicKey] = {}
    for file in sorted(instance.glob("signing-key-*")):
        named = _KEY_FILE.fullmatch(file.name)
        if named is None or not 0 <= int(named[1]) <= 255:
            raise WrongSetting(f"{file}: the name must be signing-key-N.pem or .pub, N up to 255")
        if named[2] == "pem":
            _require_private(file, production=production)
            private[int(named[1])] = _private_key(file)
        else:
            public[int(named[1])] = _public_key(file)
    for key_id, key in private.items():
        if public.setdefault(key_id, key.public_key()) != key.public_key():
            raise WrongSetting(f"{instance}: signing-key-{key_id}.pub does not belong to its .pem")
        _create(instance / f"signing-key-{key_id}.pub", partial(_public_pem, key))
    newest = max(private)
    return SigningKeys(newest, private[newest], public)


def _fresh_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _private_key(file: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise WrongSetting(f"{file} cannot be read as a private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongSetting(f"{file} is not an Ed25519 key")
    return key


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except ValueError as error:
        raise WrongSetting(f"{file} cannot be read as a public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise WrongSetting(f"{file} is not an Ed25519 key")
    return key


def _create(file: Path, content: Callable[[], bytes]) -> None:
    """Write a file once, for its owner alone. Workers starting together all get the first one's."""
    if file.exists():
        return
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _require_private(file: Path, *, production: bool) -> None:
    if production and file.stat().st_mode & 0o077:
        raise WrongSetting(f"others can read {file}: run chmod 600 on it")
