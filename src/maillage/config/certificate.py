"""A certificate made here, for `serve --room --tls`: no authority signs for an address that is only this room's.

Phones warn before they accept it. What it buys, on the devices where somebody accepts: a screen that stays awake, the
camera, the clipboard (STACK, pitfalls, 3).
"""

import datetime as dt
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 30  # a room's day and its rehearsals; it is made anew at each start


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path
    fingerprint: str  # SHA-256, to be compared with what a browser shows


def make_certificate(folder: Path, addresses: Sequence[str], *, now: dt.datetime) -> Certificate:
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Maillage, serveur de salle")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    host = socket.gethostname()
    if host.isascii() and host not in ("", "localhost"):
        names.append(x509.DNSName(host))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # a laptop without internet: its clock may be behind a phone's
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / "key.pem", secret)
    _write(folder / "certificate.pem", made.public_bytes(serialization.Encoding.PEM))
    digest = made.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(folder / "certificate.pem", folder / "key.pem", digest)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
