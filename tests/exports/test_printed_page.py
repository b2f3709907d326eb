"""M07: the onboarding page in a real browser: on paper, its code scanned, and nothing asked of the network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Browser, browser
from therapymail.domain.kit import make_kit
from therapymail.domain.mail_program import MailProgram
from therapymail.exports.onboarding_page import onboarding_page

FINGERPRINT = "3A5F0E77C1D2984B6E01FA23B5C8D9907714E2AB"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def page(program: MailProgram, name: str = "Dr Orla Fenwick", address: str = "orla@fenwick.example") -> str:
    return onboarding_page(make_kit(program, "en", name=name, address=address, fingerprint=FINGERPRINT))


def asked_by_the_page(chromium: Browser) -> list[bytes]:
    """What was asked for since the last look; what a browser asks its own makers for is not the page's."""
    asked, chromium.trap.asked = chromium.trap.asked, []
    return [request for request in asked if b"elsewhere.example" in request or b"google" not in request]


@pytest.mark.parametrize("program", MailProgram)
def test_M07_the_page_fits_on_two_sheets_and_its_code_can_be_scanned(
    chromium: Browser, tmp_path: Path, program: MailProgram
) -> None:
    file = tmp_path / "kit.html"
    file.write_text(page(program), "utf-8")
    sheets = chromium.printed(file)
    assert 1 <= len(sheets) <= 2
    assert all(sheet.is_a4 for sheet in sheets)
    assert sheets[0].codes == [f"OPENPGP4FPR:{FINGERPRINT}"]
    text = " ".join(" ".join(sheet.text for sheet in sheets).split())
    for said in ("3A5F 0E77", "cleanup forever apple inception", "7714 E2AB", "emergency number", "Dr Orla Fenwick"):
        assert said in text
    assert "My key" in sheets[0].text  # with the digits and the code, all on the first sheet
    assert asked_by_the_page(chromium) == []


def test_S12_hostile_names_stay_on_two_sheets_run_nothing_and_fetch_nothing(chromium: Browser, tmp_path: Path) -> None:
    name = (
        '</p><script>document.title="taken"</script>'
        '<img src="http://elsewhere.example/x.png" onerror="document.title=1">'
        '<style>@import "http://elsewhere.example/y.css";</style>\u202e' + "Ж" * 300
    )
    file = tmp_path / "kit.html"
    file.write_text(page(MailProgram.DELTACHAT, name, "o" * 60 + "@" + "x" * 60 + ".example"), "utf-8")
    sheets = chromium.printed(file)
    assert len(sheets) == 2
    assert sheets[0].codes == [f"OPENPGP4FPR:{FINGERPRINT}"]
    assert "<title>Writing to each other privately</title>" in chromium.document(file)
    assert asked_by_the_page(chromium) == []


def test_what_a_page_asks_for_would_be_seen(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "kit.html"
    html = page(MailProgram.K9).replace("<body>", '<body><img src="http://elsewhere.example/x.png">')
    file.write_text(html, "utf-8")
    chromium.document(file)
    assert asked_by_the_page(chromium) == []  # the page's own policy holds it back
    file.write_text(html.replace("default-src 'none'", "default-src *"), "utf-8")
    chromium.document(file)
    assert any(b"elsewhere.example" in request for request in asked_by_the_page(chromium))
