"""What a sync will fetch: the mails of clients, folder by folder, decided from folder states and bookmarks."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from therapymail.config import Settings
from therapymail.domain.attribution import Correspondents
from therapymail.domain.letter import Place
from therapymail.domain.mailbox import Bookmark
from therapymail.mail.fetching import Glimpse
from therapymail.mail.folder import Folder, FolderRole, FolderState
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.plan import FolderPlan, PlanKind, PlanNote, plan_folder
from therapymail.vault import letters, places
from therapymail.vault.connection import Reader, Vault

ACCOUNT = "imap"  # a practice has one account; places name it so that more may follow
_UNWATCHED_ROLES = {FolderRole.DRAFTS, FolderRole.TRASH}


@dataclass(frozen=True)
class FolderWork:
    """What is to be done for one folder.

    `uids` are to be fetched (ascending); of `unchecked` not even the headers have been looked at. When all
    are filed, `bookmark` stands and `searched` are the addresses whose history has been looked for.
    `strangers` are sealed mails of nobody we know, which stay on the server; `gone` are mails it no longer has.
    `places_void` says that every mail has a new number, so that places kept from before mean nothing.
    """

    folder: Folder
    bookmark: Bookmark
    uids: tuple[int, ...]
    searched: frozenset[str]
    unchecked: frozenset[int] = frozenset()
    strangers: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    places_void: bool = False

    def place(self, uid: int) -> Place:
        """Where the mail with this UID lies."""
        return Place(ACCOUNT, self.folder.name, self.bookmark.uidvalidity, uid)


@dataclass(frozen=True)
class Candidates:
    """The work of one sync; `notes` are codes for what a person should know."""

    work: tuple[FolderWork, ...]
    notes: tuple[str, ...] = ()

    @property
    def found(self) -> int:
        """Mails to fetch."""
        return sum(len(item.uids) for item in self.work)


@dataclass(frozen=True)
class _Memory:
    """What the vault remembers of a folder."""

    bookmark: Bookmark | None
    searched: frozenset[str]


def watched_folders(mailbox: Mailbox, settings: Settings) -> tuple[Folder, ...]:
    """Every selectable folder but Drafts, Trash and those the settings leave out."""
    return tuple(
        folder
        for folder in mailbox.folders()
        if folder.selectable and folder.role not in _UNWATCHED_ROLES and folder.name not in settings.unwatched
    )


def gather(mailbox: Mailbox, vault: Vault, known: Correspondents, settings: Settings, *, full: bool) -> Candidates:
    """Ask the mail host for what is new, in a constant number of round trips for a folder without news.

    `full` asks for the whole history again. Raises the errors of mail.mailbox, VaultLocked.
    """
    folders = watched_folders(mailbox, settings)
    states = mailbox.states(folders)
    with vault.reading() as reader:
        memories = {folder.name: _Memory(None, frozenset()) if full else _memory(reader, folder) for folder in folders}
    survey = _Survey(mailbox, vault, known)
    work = []
    for folder in folders:
        if folder.name in states:
            found = survey.folder_work(folder, states[folder.name], memories[folder.name])
            work += [found] if found else []
    return Candidates(tuple(work), tuple(dict.fromkeys(survey.notes)))


def _memory(reader: Reader, folder: Folder) -> _Memory:
    return _Memory(
        places.bookmark(reader, ACCOUNT, folder.name), places.searched_addresses(reader, ACCOUNT, folder.name)
    )


def concerns_a_client(glimpse: Glimpse, addresses: Container[str]) -> bool:
    """Whether a mail is from or to a client, or a delivery report, which may be about a letter of ours."""
    return glimpse.header.may_be_delivery_report or any(party in addresses for party in glimpse.parties)


@dataclass(frozen=True)
class _News:
    """The new mails of a folder: `ours` to fetch, and sealed ones of strangers."""

    ours: frozenset[int] = frozenset()
    strangers: frozenset[int] = frozenset()


class _Survey:
    """One pass over the folders of a mailbox, gathering what to fetch and what to tell."""

    def __init__(self, mailbox: Mailbox, vault: Vault, known: Correspondents) -> None:
        self._mailbox = mailbox
        self._vault = vault
        self._addresses = frozenset(known.by_address)
        self._own = known.own_addresses
        self.notes: list[str] = []

    def folder_work(self, folder: Folder, state: FolderState, memory: _Memory) -> FolderWork | None:
        """What to fetch from one folder, or None where nothing changed and every address was looked for."""
        plan = plan_folder(state, memory.bookmark)
        if plan.kind is PlanKind.UNCHANGED and self._addresses <= memory.searched and not plan.notes:
            return None
        plan = plan_folder(self._mailbox.open(folder.name), memory.bookmark)  # it may have changed since: this counts
        if plan.kind is PlanKind.EMPTIED:
            self.notes.append("emptied")
        anew = plan.kind in {PlanKind.RENUMBERED, PlanKind.HISTORY}
        sought = self._addresses if anew else self._addresses - memory.searched
        history = frozenset(self._history(sought, at_first_sight=anew)) if sought else frozenset()
        news = self._news(plan.after_uid) if plan.kind is PlanKind.NEW else _News()
        with self._vault.reading() as reader:
            filed = places.known_uids(reader, ACCOUNT, folder.name, plan.bookmark.uidvalidity)
        return FolderWork(
            folder=folder,
            bookmark=plan.bookmark,
            uids=tuple(sorted((history | news.ours) - filed)),
            searched=self._addresses,
            unchecked=history - news.ours,
            strangers=news.strangers,
            gone=self._gone(plan, filed, memory.bookmark),
            places_void=plan.places_void,
        )

    def _gone(self, plan: FolderPlan, filed: set[int], bookmark: Bookmark | None) -> frozenset[int]:
        """Which filed mails the server no longer has; an emptied folder proves nothing."""
        if PlanNote.FEWER not in plan.notes or not filed:
            return frozenset()
        return self._mailbox.gone(filed, since=bookmark.highestmodseq if bookmark else None)

    def _history(self, sought: frozenset[str], *, at_first_sight: bool) -> Sequence[int]:
        """Mails from or to addresses not looked for before, and at first sight of a folder delivery reports.

        Servers search for parts of words, so each is looked at again by its header before it is fetched.
        """
        found = list(self._mailbox.search_addresses(sorted(sought)))
        if at_first_sight:
            found += self._mailbox.search_delivery_reports()
        return found

    def _news(self, after_uid: int) -> "_News":
        """The mails after the bookmark that belong here, by their headers alone."""
        glimpses = list(self._mailbox.glimpses(self._mailbox.new_uids(after_uid)))
        ours = {glimpse.uid for glimpse in glimpses if concerns_a_client(glimpse, self._addresses)}
        others = [glimpse for glimpse in glimpses if glimpse.uid not in ours]
        answering = self._answering(others)
        strangers = {glimpse.uid for glimpse in others if glimpse.sealed_type and not self._is_to_oneself(glimpse)}
        return _News(frozenset(ours | answering), frozenset(strangers - answering))

    def _is_to_oneself(self, glimpse: Glimpse) -> bool:
        """Whether a mail names no address but the own one, as the letter of a round trip does: no stranger's."""
        return bool(glimpse.parties) and glimpse.parties <= self._own

    def _answering(self, glimpses: Sequence[Glimpse]) -> set[int]:
        """The mails among `glimpses` whose References or In-Reply-To name a letter of ours."""
        naming = {glimpse.uid: (*glimpse.header.in_reply_to, *glimpse.header.references) for glimpse in glimpses}
        if not any(naming.values()):
            return set()
        with self._vault.reading() as reader:
            return {uid for uid, named in naming.items() if named and letters.clients_answered(reader, named)}
