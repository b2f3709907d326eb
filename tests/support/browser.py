"""A real browser without a window: pages printed as people print them, and what it asks the network for."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_QUIETLY = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage"),
)
_A4_POINTS = (595.0, 842.0)


class Browser:
    """Chromium with a profile of its own; every host name leads to `trap`, which answers nothing and notes it."""

    def __init__(self, program: str, profile: Path, trap: "Trap") -> None:
        self._command = (
            *(program, *_QUIETLY, f"--user-data-dir={profile}"),
            *(f"--host-resolver-rules=MAP * 127.0.0.1:{trap.port}", "--no-proxy-server"),
        )
        self.trap = trap

    def printed(self, page: Path) -> list["Sheet"]:
        """The sheets that `page` makes on paper."""
        pdf = page.with_suffix(".pdf")
        self._run("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
        return [Sheet(sheet) for sheet in pypdfium2.PdfDocument(pdf)]

    def document(self, page: Path) -> str:
        """The page as the browser holds it once it was loaded."""
        return self._run("--dump-dom", page.as_uri())

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._command, *arguments], capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
        return done.stdout.decode()


class Sheet:
    """One printed sheet."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.text: str = page.get_textpage().get_text_bounded()
        self.is_a4 = all(abs(found - wanted) < 1.5 for found, wanted in zip(page.get_size(), _A4_POINTS, strict=True))
        bitmap = page.render(scale=2, grayscale=True)
        dots = bytes(bitmap.buffer)
        rows = b"".join(dots[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height))
        picture = memoryview(rows).cast("B", (bitmap.height, bitmap.width))
        self.codes = [found.text for found in zxingcpp.read_barcodes(picture)]


class Trap:
    """A port on loopback that notes each connection and closes it."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.asked: list[bytes] = []
        threading.Thread(target=self._note, daemon=True).start()

    def _note(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed
                return
            with connection:
                connection.settimeout(5)
                with contextlib.suppress(OSError):
                    self.asked.append(connection.recv(4096))

    def close(self) -> None:
        """Stop listening."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser; the test is skipped, and says so, where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("chromium is not installed: the printed page is not looked at")
    trap = Trap()
    try:
        with tempfile.TemporaryDirectory(prefix="tm-browser-", ignore_cleanup_errors=True) as profile:
            yield Browser(program, Path(profile), trap)
    finally:
        trap.close()
