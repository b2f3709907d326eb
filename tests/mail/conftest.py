"""Mail hosts for the tests of this room."""

from tests.support.hostile import authority
from tests.support.posts import dovecot, embedded

__all__ = ["authority", "dovecot", "embedded"]
