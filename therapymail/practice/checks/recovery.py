"""The way back: a recovery kit of the present key, clinical executors' packs, and who still seals to an earlier key."""

from collections.abc import Iterator

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.listing import ListFilter
from therapymail.domain.statuses import OVER
from therapymail.domain.wording import fingerprint_words
from therapymail.practice.checks.check import Check
from therapymail.practice.checks.vault import UNLOCK
from therapymail.practice.executors import executor_states
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters, own_keys
from therapymail.vault.connection import Reader
from therapymail.vault.recovery_kits import latest_kit

KIT, EXECUTOR, EARLIER = "recovery kit", "clinical executor", "clients' copy of your key"
_MAKE = "Run `therapymail key kit FILE`, print the page, and delete the file."


def look_at_recovery_kit(practice: Practice) -> Iterator[Check]:
    """Whether there is a kit of the present key with its present passphrase (C33); nothing in a demo.

    Raises VaultDamaged, VaultNewer, FileUnusable, GnupgUnusable.
    """
    from therapymail.pgp.own_key_passphrase import is_on_card, secret_keygrips

    if practice.settings.demo:
        return
    if not practice.session.is_open():
        yield Check(KIT, ok=True, says="Locked, so not looked at.", next_step=UNLOCK)
        return
    with practice.gpg() as gpg:
        on_card = is_on_card(gpg, secret_keygrips(gpg).get(practice.settings.own_key, ()))
    if on_card:
        yield Check(KIT, ok=True, says="Your key is on a smartcard, which gives nothing to print.")
        return
    with practice.vault() as vault, vault.reading() as reader:
        kit = latest_kit(reader, practice.settings.own_key)
    if kit is None:
        yield Check(KIT, ok=True, says="There is none of your present key and passphrase.", next_step=_MAKE)
    else:
        yield Check(KIT, ok=True, says=f"Made on {kit.made:%Y-%m-%d}, last tested on {kit.tested:%Y-%m-%d}.")


def look_at_executors(practice: Practice) -> Iterator[Check]:
    """Each executor's pack: there, and shown to open, in the last twelve months (F35); nothing where nobody is named.

    Raises VaultDamaged, VaultNewer, FileUnusable.
    """
    if not practice.session.is_open():
        return
    for state in executor_states(practice):
        says = state.says or f"The pack for {state.executor.name} is in order."
        yield Check(EXECUTOR, ok=True, says=says, next_step=state.next_step)


def look_at_clients_copies(practice: Practice) -> Iterator[Check]:
    """Clients whose newest letter was still sealed to an earlier own key; nothing where the key was never replaced.

    Raises VaultDamaged, VaultNewer, FileUnusable.
    """
    if not practice.session.is_open():
        return
    with practice.vault() as vault, vault.reading() as reader:
        replaced = {pin.fingerprint for pin in own_keys.earlier(reader) if pin.retired is not None}
        behind = _behind(reader, replaced - {practice.settings.own_key}) if replaced else []
    if behind:
        own = fingerprint_words(practice.settings.own_key)
        says = f"{', '.join(behind)} last sealed to a key of yours that you replaced."
        step = f"Tell them by another channel that {own} is yours; `therapymail client invite CODE` sends it."
        yield Check(EARLIER, ok=True, says=says, next_step=step)


def _behind(reader: Reader, replaced: set[str]) -> list[str]:
    found = []
    for client in clients.clients(reader):
        if client.status in OVER:
            continue
        wanted = ListFilter(client.identity, direction=Direction.IN, standing=Standing.ACCEPTED, limit=1)
        if any(letter.facts.opened_with in replaced for letter in letters.list_letters(reader, wanted)):
            found.append(client.code)
    return found
