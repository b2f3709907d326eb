"""The key of the process notes on disk: sealed as the vault's is, and inside, if wished, under a passphrase of its own.

Both are then needed: the own key and the passphrase. The inner layer is a plain OpenPGP message under a password
(RFC 9580, section 5.3), so that gpg alone opens it should therapymail be gone.
"""

from therapymail.errors import GnupgUnusable, NotesPassphraseNeeded, NotesPassphraseWrong, VaultDamaged
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import layout_or_none
from therapymail.pgp.status import has
from therapymail.pgp.vault_key import KEY_BYTES, seal_to_own, unseal_from_own

_FILE = "notes.key"
_OUTPUT_CAP = 4096
_WHOLE = ("NEED_PASSPHRASE_SYM", "PLAINTEXT", "DECRYPTION_OKAY", "GOODMDC", "END_DECRYPTION")
# The most that OpenPGP can say (about a tenth of a second): this passphrase stands alone once the own key is known.
_STRETCHED = (
    *("--symmetric", "--cipher-algo", "AES256", "--compress-algo", "none"),
    *("--s2k-mode", "3", "--s2k-digest-algo", "SHA512", "--s2k-cipher-algo", "AES256", "--s2k-count", "65011712"),
)


def seal_notes_key(gpg: Gpg, own_key: str, raw_key: bytes, own_passphrase: str | None) -> bytes:
    """`raw_key` (32 bytes) sealed to exactly the own key and signed by it; under `own_passphrase` too, unless None.

    What was sealed is opened again before it is given out (HAZARDS C33). The own key's passphrase must be with the
    agent. Raises PassphraseNeeded, GnupgUnusable.
    """
    assert len(raw_key) == KEY_BYTES
    content = raw_key if own_passphrase is None else _under_password(gpg, raw_key, own_passphrase)
    sealed = seal_to_own(gpg, own_key, content, None)
    if unseal_notes_key(gpg, own_key, sealed, own_passphrase) != raw_key:
        raise GnupgUnusable("it does not open the key of the process notes again")
    return sealed


def unseal_notes_key(gpg: Gpg, own_key: str, sealed: bytes, own_passphrase: str | None) -> bytes:
    """The key in `sealed`; `own_passphrase` is not asked where it has none.

    Raises NotesPassphraseNeeded, NotesPassphraseWrong, VaultDamaged, PassphraseNeeded, KeyUnknown, GnupgUnusable.
    """
    content = unseal_from_own(gpg, own_key, sealed, None, _FILE)
    if len(content) == KEY_BYTES:
        return content
    if not is_under_password(content):
        raise VaultDamaged(_FILE, "it does not hold a key")
    if own_passphrase is None:
        raise NotesPassphraseNeeded
    return _from_under_password(gpg, content, own_passphrase)


def sealed_to_another(gpg: Gpg, old: str, new: str, sealed: bytes, old_secret: str | None, secret: str | None) -> bytes:
    """`sealed`, which the own key `old` opens, sealed to and signed by the own key `new` as it is inside.

    So a passphrase of the process notes' own is not needed. `old_secret` and `secret` are the two keys' passphrases.
    Raises VaultDamaged, PassphraseNeeded, PassphraseWrong, GnupgUnusable.
    """
    return seal_to_own(gpg, new, unseal_from_own(gpg, old, sealed, old_secret, _FILE), secret)


def shared_passphrase_changed(gpg: Gpg, own_key: str, sealed: bytes, passphrase: str, new: str | None) -> bytes | None:
    """`sealed` under `new` (None: under none of its own) where its own passphrase is `passphrase`, as the own key's is.

    None where it has another, or none. The own key still opens with `passphrase`.
    Raises VaultDamaged, PassphraseWrong, GnupgUnusable.
    """
    content = unseal_from_own(gpg, own_key, sealed, passphrase, _FILE)
    if not is_under_password(content):
        return None
    try:
        raw_key = _from_under_password(gpg, content, passphrase)
    except NotesPassphraseWrong:
        return None
    return seal_to_own(gpg, own_key, raw_key if new is None else _under_password(gpg, raw_key, new), passphrase)


def is_under_password(content: bytes) -> bool:
    """Whether `content` is one message under one password, sealed to nobody besides."""
    layout = layout_or_none(content)
    return layout is not None and layout.seal is not None and layout.passwords == 1 and not layout.recipients


def _under_password(gpg: Gpg, raw_key: bytes, passphrase: str) -> bytes:
    run = gpg.run(["--no-armor", *_STRETCHED], raw_key, passphrase=passphrase.encode())
    if run.returncode or not has(run.status, "END_ENCRYPTION") or not is_under_password(run.output):
        raise GnupgUnusable("it does not put the key of the process notes under a passphrase")
    return run.output


def _from_under_password(gpg: Gpg, content: bytes, passphrase: str) -> bytes:
    """What `content`, which the own key signed, holds: where it does not open, the passphrase is another."""
    command = ["--no-armor", "--output", "-", "--decrypt"]
    run = gpg.run(command, content, passphrase=passphrase.encode(), output_cap=_OUTPUT_CAP)
    if run.timed_out:
        raise GnupgUnusable("it does not answer in time")
    is_whole = all(sum(line.keyword == word for line in run.status) == 1 for word in _WHOLE)
    if run.returncode or run.capped or not is_whole or has(run.status, "DECRYPTION_FAILED"):
        raise NotesPassphraseWrong
    if len(run.output) != KEY_BYTES:
        raise VaultDamaged(_FILE, "it does not hold a key")
    return run.output
