"""All targets, by name."""

from tests.fuzzing import backup_targets, imap_targets, mail_targets, pgp_targets, typed_targets
from tests.fuzzing.target import Target

TARGETS: tuple[Target, ...] = (
    *mail_targets.TARGETS,
    *pgp_targets.TARGETS,
    *imap_targets.TARGETS,
    *typed_targets.TARGETS,
    *backup_targets.TARGETS,
)
_BY_NAME = {target.name: target for target in TARGETS}


def by_name(name: str) -> Target:
    """The target called `name`. Raises KeyError."""
    return _BY_NAME[name]
