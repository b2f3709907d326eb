"""A search starts quickly: it loads what it needs and no more."""

import subprocess
import sys

# Together they take as long to load as the search itself.
NEEDLESS = {
    "getpass",
    "rich",
    "therapymail.domain.client",
    "therapymail.domain.listing",
    "therapymail.pgp.packets",
    "therapymail.pgp.runner",
    "therapymail.practice.receive",
    "therapymail.vault.filing",
}


def test_a_search_loads_no_module_that_it_does_not_need() -> None:
    program = (
        "import sys, io\nfrom therapymail.cli.app import build\nbuild(['search', 'room'])\n"
        "import therapymail.bootstrap, therapymail.cli.asking, therapymail.practice.find\n"
        "from therapymail.cli.output import print_table\nprint_table(('ID',), [('HERON-1',)])\n"
        "print(*sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(ran.stdout.splitlines()[-1].split())
    assert "therapymail.vault.search" in loaded
    assert not loaded & NEEDLESS
