"""A practice whose vault stays open from verb to verb, for a program that goes on running."""

from dataclasses import dataclass, field, fields

from therapymail.practice.practice import Practice
from therapymail.vault.connection import Vault


class KeptVault(Vault):
    """A vault that stays open when a verb is done with it; `let_go` closes it."""

    def close(self) -> None:
        """Nothing: the next verb works on the same pages."""

    def let_go(self) -> None:
        """Forget the key and let go of the file."""
        super().close()


@dataclass(frozen=True)
class PracticeKeptOpen(Practice):
    """A practice for one thread alone: its vault is opened by the first verb, and closed by `let_go`."""

    _kept: list[KeptVault] = field(default_factory=list)

    @classmethod
    def of(cls, practice: Practice) -> "PracticeKeptOpen":
        """The same practice, its vault kept open."""
        return cls(**{each.name: getattr(practice, each.name) for each in fields(Practice)})

    def vault(self) -> Vault:
        """The vault, opened if it is not open. Raises as `Practice.vault`."""
        if not self._kept:
            self._kept.append(self.opened(KeptVault))
        return self._kept[0]

    def let_go(self) -> None:
        """Close the vault, if it is open: to be called in the thread of the verbs, or when none is under way."""
        while self._kept:
            self._kept.pop().let_go()
