"""Makes the identities of a hardened broker: an authority, the broker's certificate, one per car, an account.

Layout of the folder (keys and passwords 0600): ``ca.crt ca.key broker.crt broker.key passwords
backend.password cars/VIN.crt cars/VIN.key``. Nothing that exists is made anew: another authority would lock
every car out.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BACKEND: Final = "backend"
"""The account, and so the client id, of the first backend node."""
_AUTHORITY_LASTS: Final = timedelta(days=3650)
_LEAF_LASTS: Final = timedelta(days=825)
_CLOCKS_DIFFER: Final = timedelta(days=1)  # a car's clock may be behind ours
_ROUNDS: Final = 20_000  # of PBKDF2; Mosquitto reads the number from the line


class PkiRefused(ValueError):
    """A certificate cannot be made from what is there; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where one certificate and its key lie."""

    certificate: Path
    key: Path


def authority(folder: Path, now: datetime) -> Identity:
    """Make the certificate authority of ``folder``, or return the one that is there.

    Raises:
        PkiRefused: only half of it is there.
    """
    there = Identity(folder / "ca.crt", folder / "ca.key")
    if _complete(there):
        return there
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("sensus authority")
    certificate = (
        _builder(name, name, key, now, _AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(there, certificate, key)
    return there


def broker(folder: Path, hosts: Sequence[str], now: datetime) -> Identity:
    """Make the certificate that a broker shows under the names or addresses ``hosts``."""
    there = Identity(folder / "broker.crt", folder / "broker.key")
    if not _complete(there):
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        _issue(folder, there, hosts[0], names=names, purpose=ExtendedKeyUsageOID.SERVER_AUTH, now=now)
    return there


def car(folder: Path, vin: str, now: datetime) -> Identity:
    """Make the certificate by which a broker knows the car ``vin``: its common name.

    Raises:
        PkiRefused: the folder has no authority.
    """
    there = Identity(folder / "cars" / f"{vin}.crt", folder / "cars" / f"{vin}.key")
    if not _complete(there):
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"urn:vin:{vin}")])
        _issue(folder, there, vin, names=names, purpose=ExtendedKeyUsageOID.CLIENT_AUTH, now=now)
    return there


def account(folder: Path, user: str) -> Path:
    """Draw a backend's password; return the file that holds it. Its hash joins the broker's ``passwords``."""
    secret = folder / f"{user}.password"
    if not secret.exists():
        _keep(secret, secrets.token_urlsafe(32).encode())
    passwords = folder / "passwords"
    lines = passwords.read_text().splitlines() if passwords.exists() else []
    if not any(line.startswith(f"{user}:") for line in lines):
        lines.append(password_line(user, secret.read_text(), secrets.token_bytes(12)))
        _keep(passwords, "".join(f"{line}\n" for line in lines).encode())
    return secret


def password_line(user: str, password: str, salt: bytes) -> str:
    """Return a line of Mosquitto's password file: PBKDF2 over SHA-512, as ``mosquitto_passwd`` writes it."""
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"{user}:$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _issue(
    folder: Path,
    there: Identity,
    common_name: str,
    *,
    names: x509.SubjectAlternativeName,
    purpose: x509.ObjectIdentifier,
    now: datetime,
) -> None:
    signer = Identity(folder / "ca.crt", folder / "ca.key")
    if not _complete(signer):
        raise PkiRefused(f"{folder} has no authority yet; make one with: sensus pki init --out {folder}")
    issuer = x509.load_pem_x509_certificate(signer.certificate.read_bytes())
    issuer_key = serialization.load_pem_private_key(signer.key.read_bytes(), password=None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise PkiRefused(f"{signer.key} is no EC key; it is not one that sensus pki made")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name(common_name), issuer.subject, key, now, _LEAF_LASTS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        # One purpose each: a car's certificate cannot play the broker, nor the broker's a car.
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    there.key.parent.mkdir(mode=0o700, exist_ok=True)
    _write(there, certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _complete(identity: Identity) -> bool:
    there = identity.certificate.exists(), identity.key.exists()
    if any(there) and not all(there):
        missing = identity.key if there[0] else identity.certificate
        raise PkiRefused(f"{missing} is missing, but its other half is there; restore it, or move both away")
    return all(there)


def _write(identity: Identity, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _keep(identity.key, pem)
    _keep(identity.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _keep(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is whole or not there, and that nobody else can read even for a moment."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    draft.replace(path)
