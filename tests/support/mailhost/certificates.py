"""A throw-away certificate authority and a certificate for localhost, made by openssl."""

import os
import shutil
import subprocess
from pathlib import Path

_SERVER = """basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=DNS:localhost,IP:127.0.0.1
"""
_AUTHORITY = """[req]
distinguished_name=dn
x509_extensions=v3
[dn]
[v3]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
"""


def make_certificates(where: Path) -> None:
    """ca.pem, server.pem and server.key in `where`, valid for 30 days. Raises CalledProcessError."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "ext.cnf").write_text(_SERVER)
    (where / "ca.cnf").write_text(_AUTHORITY)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "ca.cnf")
    serial = str(int.from_bytes(os.urandom(8), "big"))
    authority = ("-subj", "/CN=Loopback test CA", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem")
    _openssl(where, "req", "-x509", *key, *authority)
    _openssl(where, "req", "-new", *key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    signer = ("-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", serial, "-days", "30", "-extfile", "ext.cnf")
    _openssl(where, "x509", "-req", "-in", "server.csr", *signer, "-out", "server.pem")
    for name in ("ca.key", "server.key"):
        (where / name).chmod(0o600)


def _openssl(where: Path, *arguments: str) -> None:
    subprocess.run([shutil.which("openssl") or "openssl", *arguments], cwd=where, capture_output=True, check=True)
