"""The identities: whole, private, made once."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from broker import pki

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VIN = "YV1FW7050E1234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pki.authority(tmp_path, NOW)
    return tmp_path


def test_keys_and_passwords_are_nobody_elses(folder: Path) -> None:
    pki.broker(folder, ["broker.example.com", "127.0.0.1"], NOW)
    pki.car(folder, VIN, NOW)
    pki.account(folder, "backend")

    modes = {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert modes == {
        "ca.crt": 0o644,
        "ca.key": 0o600,
        "broker.crt": 0o644,
        "broker.key": 0o600,
        f"cars/{VIN}.crt": 0o644,
        f"cars/{VIN}.key": 0o600,
        "backend.password": 0o600,
        "passwords": 0o600,
    }


def test_a_car_is_its_vin_for_two_years_and_may_only_be_a_client(folder: Path) -> None:
    certificate = x509.load_pem_x509_certificate(pki.car(folder, VIN, NOW).certificate.read_bytes())

    assert certificate.subject.rfc4514_string() == f"CN={VIN}"
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=825)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    certificate.verify_directly_issued_by(authority)


def test_what_exists_is_not_made_anew(folder: Path) -> None:
    def everything() -> dict[Path, bytes]:
        pki.authority(folder, NOW)
        pki.broker(folder, ["localhost"], NOW)
        pki.car(folder, VIN, NOW)
        pki.account(folder, "backend")
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert everything() == everything()


def test_a_second_account_joins_the_first(folder: Path) -> None:
    pki.account(folder, "backend")
    pki.account(folder, "backend-2")

    users = [line.split(":")[0] for line in (folder / "passwords").read_text().splitlines()]
    assert users == ["backend", "backend-2"]


def test_half_an_identity_is_refused(folder: Path) -> None:
    identity = pki.car(folder, VIN, NOW)
    for half in (identity.key, identity.certificate):
        content = half.read_bytes()
        half.unlink()
        with pytest.raises(pki.PkiRefused, match=f"{half} is missing"):
            pki.car(folder, VIN, NOW)
        half.write_bytes(content)


def test_without_an_authority_there_is_no_car(tmp_path: Path) -> None:
    with pytest.raises(pki.PkiRefused, match="sensus pki init"):
        pki.car(tmp_path, VIN, NOW)
    assert list(tmp_path.iterdir()) == []


def test_anothers_key_is_not_signed_with(folder: Path) -> None:
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "ca.key").write_bytes(
        foreign.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(pki.PkiRefused, match="no EC key"):
        pki.car(folder, VIN, NOW)
