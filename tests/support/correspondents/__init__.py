"""Clients who write with real programs: each makes its key, sends and reads with the program alone."""

import shutil
from pathlib import Path

from tests.support.correspondents.aerc import Aerc, AercAlone
from tests.support.correspondents.alot import Alot
from tests.support.correspondents.neomutt import Neomutt
from tests.support.correspondents.openpgpjs import OpenPgpJs5, OpenPgpJs6
from tests.support.correspondents.rnp import Rnp
from tests.support.correspondents.sequoia import Sequoia

CORRESPONDENTS = (Neomutt, Aerc, AercAlone, Alot, OpenPgpJs5, OpenPgpJs6, Rnp, Sequoia)


def missing(needs: tuple[str | Path, ...]) -> list[str]:
    """Those programs and files that are not here."""
    return [Path(each).name for each in needs if shutil.which(each) is None and not Path(each).is_dir()]
