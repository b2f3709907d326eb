"""The vault: its key at hand, its file sound, its journal whole; and the clients' keys, which lie in it."""

from collections.abc import Iterator

from therapymail.domain.key_change import KeyChange
from therapymail.domain.key_change_text import change_sentence, channel_sentence, consequence_sentence
from therapymail.domain.sealing import seals_until
from therapymail.domain.wording import count_words, fingerprint_words
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.practice.checks.check import Check
from therapymail.practice.checks.gpg import expiry_check
from therapymail.practice.key_changes import open_changes_of
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, journal, letters

UNLOCK = "Run `therapymail unlock`, then `therapymail doctor` again."


def look_at_vault(practice: Practice) -> Iterator[Check]:
    """Whether the vault opens and its journal is whole. Raises VaultDamaged, VaultNewer, FileUnusable."""
    if not practice.session.is_open():
        yield Check("vault", ok=True, says="Locked, so not examined.", next_step=UNLOCK)
        return
    with practice.vault() as vault:
        damage = vault.damage()
        with vault.reading() as reader:
            report = journal.verify(reader)
            held = sum(letters.count_letters(reader).values())
    if damage:
        says = f"The file is damaged ({len(damage)} findings)."
        yield Check("vault", ok=False, says=says, next_step="Restore vault.db from a backup.")
    else:
        yield Check("vault", ok=True, says=f"It opens and is sound; {count_words(held, 'letter')}.")
    if report.problems:
        says = f"The journal is not what was written ({len(report.problems)} places)."
        yield Check("journal", ok=False, says=says, next_step="Restore vault.db from a backup and compare.")
    else:
        yield Check("journal", ok=True, says=f"Whole: {report.entries} entries.")


def key_change_check(change: KeyChange, code: str) -> Check:
    """A key change that is not decided, with both fingerprints and the next step."""
    says = (
        f"{change_sentence(change)} Pinned: {fingerprint_words(change.pinned)}; other:"
        f" {fingerprint_words(change.fingerprint)}. {consequence_sentence(change, code)}"
    )
    next_step = f"{channel_sentence(code)} `therapymail client show {code}` says what then."
    return Check(f"key change of {code}", ok=True, says=says, next_step=next_step)


def look_at_client_keys(practice: Practice) -> Iterator[Check]:
    """The pinned keys of clients and their expiry, one finding for each that needs attention."""
    if not practice.session.is_open():
        yield Check("client keys", ok=True, says="Locked, so not examined.", next_step=UNLOCK)
        return
    with practice.vault() as vault, vault.reading() as reader:
        everybody = clients.clients(reader)
        held = {certificate.fingerprint: certificate for certificate in certificates.held(reader)}
        undecided = open_changes_of(reader)
    found = [key_change_check(each.change, each.code) for each in undecided]
    for client in everybody:
        name = f"key of {client.code}"
        if not client.pins:
            next_step = f"Ask for it, then `therapymail key import FILE --client {client.code}`."
            found.append(Check(name, ok=True, says="None is pinned; letters cannot be sealed.", next_step=next_step))
            continue
        certificate = held[client.pins[0].fingerprint]
        if client.pins[0].retired is not None:
            next_step = f"Ask for the key they use now, then `therapymail key import FILE --client {client.code}`."
            found.append(
                Check(name, ok=True, says="It is not used any more; letters cannot be sealed.", next_step=next_step)
            )
            continue
        if is_revoked(certificate.material):
            next_step = f"Ask for the key they use now, then `therapymail key import FILE --client {client.code}`."
            found.append(Check(name, ok=True, says="It was revoked; letters cannot be sealed.", next_step=next_step))
            continue
        found.append(expiry_check(seals_until(certificate, client.pins[0].part), practice.clock(), client.code))
        if not client.pins[0].verified:
            next_step = f"Confirm it by another channel, then `therapymail client verify {client.code}`."
            found.append(Check(name, ok=True, says="Pinned, not yet verified.", next_step=next_step))
    wanting = [check for check in found if check.next_step or not check.ok]
    yield from wanting
    if not wanting:
        yield Check(
            "client keys", ok=True, says=f"{count_words(len(everybody), 'client')}, each with a verified, valid key."
        )
