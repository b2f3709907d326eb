"""The one TLS context: chain and name are always checked, old protocols are off, errors are phrases of ours."""

import os
import ssl
from pathlib import Path

import pytest
import trustme

from therapymail.errors import FileUnusable
from therapymail.mail import tls


def test_S15_chain_and_name_are_always_checked(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(ca_file)
    for context in (tls.trusting_context(), tls.trusting_context(str(ca_file))):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_changed_trust_anchor_counts_at_once(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(ca_file)
    first = tls.trusting_context(str(ca_file))
    assert tls.trusting_context(str(ca_file)) is first
    ca_file.unlink()
    with pytest.raises(FileUnusable):
        tls.trusting_context(str(ca_file))
    trustme.CA().cert_pem.write_to_path(ca_file)
    os.utime(ca_file, (1, 1))
    assert tls.trusting_context(str(ca_file)) is not first


@pytest.mark.parametrize(
    "content", ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_no_trust_anchor(tmp_path: Path, content: str) -> None:
    (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(FileUnusable):
        tls.trusting_context(str(tmp_path / "ca.pem"))
    with pytest.raises(FileUnusable):
        tls.trusting_context(str(tmp_path))


def test_no_text_of_a_library_is_passed_on() -> None:
    assert tls.tls_phrase(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] secret details")) == tls.NO_TLS
    unknown = ssl.SSLCertVerificationError(1, "secret details")
    unknown.verify_code = 99
    assert tls.tls_phrase(unknown) == tls.UNTRUSTED
