"""A real mail host on loopback for tests, measurements and the journeys: Dovecot, a relay, a token server.

From Python: `with MailHost(directory) as facts`. From a shell: `python -m tests.support.mailhost start --dir D`.
"""

from tests.support.mailhost.host import HostFacts, MailHost, token_for
from tests.support.mailhost.processes import HostError, dovecot_missing

__all__ = ["HostError", "HostFacts", "MailHost", "dovecot_missing", "token_for"]
