"""The settings: what the environment may say, and secrets that make themselves on the first run."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zerowaste.config import Settings, WrongSetting, read_settings, signing_keys

PRODUCTION = {"ZEROWASTE_PRODUCTION": "1", "ZEROWASTE_BASE_URL": "https://waste.example.org"}


def read(folder: Path, **environ: str) -> Settings:
    return read_settings({"ZEROWASTE_INSTANCE": str(folder / "instance"), **environ})


def test_with_an_empty_environment_everything_lives_in_the_instance_folder(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/zerowaste.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.city == "3601"
    assert settings.manifests.name == "manifests"
    assert not settings.production


def test_the_environment_is_respected(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        PORT="9000",
        ZEROWASTE_DATABASE_URL="postgresql://somewhere/city",
        ZEROWASTE_BASE_URL="https://waste.example.org/",
        ZEROWASTE_TOKEN_HOURS="8",
    )
    assert settings.port == 9000
    assert settings.database_url == "postgresql://somewhere/city"
    assert settings.base_url == "https://waste.example.org"
    assert settings.token_hours == 8


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert first.signing.private.private_bytes_raw() == second.signing.private.private_bytes_raw()
    for file in (tmp_path / "instance").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_secrets_are_not_shown_where_settings_are_printed(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.secret_key not in repr(settings)
    assert "Private" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("ZEROWASTE_CITY", "Nanchang"),
        ("ZEROWASTE_PRODUCTION", "yes"),
        ("ZEROWASTE_BASE_URL", "waste.example.org"),
        ("ZEROWASTE_BASE_URL", "https://waste.example.org/path"),
        ("ZEROWASTE_THREADS", "-1"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize("secret", ["short", "changethis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_production_refuses_a_weak_secret(tmp_path: Path, secret: str) -> None:
    assert read(tmp_path, ZEROWASTE_SECRET_KEY=secret).secret_key == secret
    with pytest.raises(WrongSetting, match="ZEROWASTE_SECRET_KEY is too weak"):
        read(tmp_path, **PRODUCTION, ZEROWASTE_SECRET_KEY=secret)


def test_production_must_be_told_what_to_print_in_codes(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="ZEROWASTE_BASE_URL"):
        read(tmp_path, ZEROWASTE_PRODUCTION="1")
    with pytest.raises(WrongSetting, match="https"):
        read(tmp_path, ZEROWASTE_PRODUCTION="1", ZEROWASTE_BASE_URL="http://waste.example.org")
    assert read(tmp_path, **PRODUCTION).production


@pytest.mark.parametrize("name", ["secret-key", "signing-key-1.pem", "factor-key-1"])
def test_production_refuses_secrets_that_others_can_read(tmp_path: Path, name: str) -> None:
    read(tmp_path)
    (tmp_path / "instance" / name).chmod(0o644)
    assert read(tmp_path).port == 8000
    with pytest.raises(WrongSetting, match=name):
        read(tmp_path, **PRODUCTION)


def test_a_new_signing_key_signs_and_the_old_one_is_still_believed(tmp_path: Path) -> None:
    old = signing_keys(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    signing_keys(other)
    (tmp_path / "signing-key-2.pem").write_bytes((other / "signing-key-1.pem").read_bytes())
    (tmp_path / "signing-key-1.pem").unlink()  # its .pub stays
    new = signing_keys(tmp_path)
    assert new.key_id == 2
    assert new.private.private_bytes_raw() != old.private.private_bytes_raw()
    assert new.public[1] == old.public[1]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("signing-key-1.pem", b"rubbish", "cannot be read"),
        ("signing-key-2.pub", b"rubbish", "cannot be read"),
        ("signing-key-999.pem", b"", "N up to 255"),
    ],
)
def test_a_damaged_key_is_named(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    signing_keys(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongSetting, match=reason):
        signing_keys(tmp_path)


def test_a_public_key_must_belong_to_its_private_one(tmp_path: Path) -> None:
    signing_keys(tmp_path)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    keys = signing_keys(stranger)
    assert isinstance(keys.private, Ed25519PrivateKey)
    (tmp_path / "signing-key-1.pub").write_bytes((stranger / "signing-key-1.pub").read_bytes())
    with pytest.raises(WrongSetting, match="does not belong"):
        signing_keys(tmp_path)


def test_a_new_factor_key_joins_the_old_ones(tmp_path: Path) -> None:
    first = read(tmp_path).factor_keys
    assert read(tmp_path).factor_keys == first
    (tmp_path / "instance" / "factor-key-2").write_text("another key, long enough to be one of them")
    both = read(tmp_path).factor_keys
    assert (both[1], sorted(both)) == (first[1], [1, 2])
    assert first[1] not in repr(read(tmp_path))


@pytest.mark.parametrize(
    ("name", "reason"), [("factor-key-one", "must be factor-key-N"), ("factor-key-2", "too short")]
)
def test_a_damaged_factor_key_is_named(tmp_path: Path, name: str, reason: str) -> None:
    read(tmp_path)
    (tmp_path / "instance" / name).write_text("short")
    with pytest.raises(WrongSetting, match=reason):
        read(tmp_path)


def test_the_mail_server_is_respected(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        ZEROWASTE_SMTP_HOST="mail.example.org",
        ZEROWASTE_SMTP_SECURITY="tls",
        ZEROWASTE_SMTP_USER="city",
        ZEROWASTE_SMTP_PASSWORD="very secret",
        ZEROWASTE_MAIL_FROM="city@example.org",
    )
    assert (settings.mail.host, settings.mail.port, settings.mail.user) == ("mail.example.org", 465, "city")
    assert "very secret" not in repr(settings)
    assert read(tmp_path).mail.host == ""


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("ZEROWASTE_MAIL_FROM", {"ZEROWASTE_SMTP_HOST": "mail.example.org"}),
        ("ZEROWASTE_SMTP_SECURITY", {"ZEROWASTE_SMTP_SECURITY": "ssl3"}),
        ("ZEROWASTE_SMTP_SECURITY", {"ZEROWASTE_SMTP_SECURITY": "none", "ZEROWASTE_SMTP_USER": "city"}),
        ("ZEROWASTE_SMTP_PORT", {"ZEROWASTE_SMTP_PORT": "x"}),
    ],
)
def test_a_wrong_mail_setting_is_named(tmp_path: Path, name: str, environ: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match=name):
        read(tmp_path, **environ)


def test_production_calls_no_webhook_on_its_own_machine(tmp_path: Path) -> None:
    assert read(tmp_path, ZEROWASTE_WEBHOOK_LOOPBACK="1").webhook_loopback
    assert not read(tmp_path, ZEROWASTE_WEBHOOK_LOOPBACK="1", **PRODUCTION).webhook_loopback
