"""A store's key on disk: sealed to the own key and signed by it (DESIGN, The vault); the vault's is 32 random bytes."""

from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import GnupgUnusable, PassphraseNeeded, PassphraseWrong, VaultDamaged
from therapymail.pgp.decrypter import Decrypted
from therapymail.pgp.own_key_care import check_passphrase
from therapymail.pgp.runner import Gpg, recipient
from therapymail.pgp.single import SingleOpener, layout_or_none
from therapymail.pgp.status import has, passphrase_error, values_of

KEY_BYTES = 32
_FILE = "vault.key"
_OUTPUT_CAP = 4096


def seal_vault_key(gpg: Gpg, own_key: str, raw_key: bytes, passphrase: str | None) -> bytes:
    """`raw_key` (32 bytes) sealed to exactly the own key (full fingerprint) and signed by it, binary.

    Raises PassphraseNeeded, PassphraseWrong, GnupgUnusable.
    """
    assert len(raw_key) == KEY_BYTES
    return seal_to_own(gpg, own_key, raw_key, passphrase)


def unseal_vault_key(gpg: Gpg, own_key: str, sealed: bytes, passphrase: str | None) -> bytes:
    """The vault's key in `sealed`, which must be signed by the own key and sealed to it alone.

    Raises VaultDamaged for anything else, PassphraseNeeded, PassphraseWrong, KeyUnknown where the own key is
    not in the home, GnupgUnusable.
    """
    content = unseal_from_own(gpg, own_key, sealed, passphrase, _FILE)
    if len(content) != KEY_BYTES:
        raise VaultDamaged(_FILE, "it does not hold a key")
    return content


def seal_to_own(gpg: Gpg, own_key: str, content: bytes, passphrase: str | None) -> bytes:
    """`content` sealed to exactly the own key and signed by it. Raises as `seal_vault_key`."""
    command = [*recipient(own_key), "--local-user", own_key, "--sign", "--encrypt"]
    run = gpg.run(command, content, passphrase=passphrase.encode() if passphrase else None)
    if run.returncode or not has(run.status, "END_ENCRYPTION") or has(run.status, "INV_RECP"):
        raise passphrase_error(run.status) or GnupgUnusable("it does not seal a store's key to the own key")
    signed = [fields[5] for fields in values_of(run.status, "SIG_CREATED") if len(fields) > 5]
    layout = layout_or_none(run.output)
    if signed != [own_key] or layout is None or len(layout.recipients) != 1:
        raise GnupgUnusable("it does not seal a store's key as asked")
    return run.output


def unseal_from_own(
    gpg: Gpg, own_key: str, sealed: bytes, passphrase: str | None, file: str, output_cap: int = _OUTPUT_CAP
) -> bytes:
    """What `sealed`, the content of `file`, holds (at most `output_cap` bytes): signed by the own key, to it alone.

    Raises as `unseal_vault_key`.
    """
    if passphrase:
        check_passphrase(gpg, own_key, passphrase)  # an agent that has it cached would take any
    layout = layout_or_none(sealed)
    if layout is None or layout.seal is None or layout.stray:
        raise VaultDamaged(file, "it is not a whole sealed message")
    if layout.passwords or len(layout.recipients) != 1:
        raise VaultDamaged(file, "it is not sealed to exactly one key")
    opener = SingleOpener(gpg, passphrase=passphrase.encode() if passphrase else None, output_cap=output_cap)
    opened = opener.decrypt(sealed)
    if opened.failure is OpeningFailure.LOCKED:
        raise PassphraseWrong if passphrase else PassphraseNeeded
    return _trusted(opened, own_key, file)


def _trusted(opened: Decrypted, own_key: str, file: str) -> bytes:
    if opened.failure is OpeningFailure.NO_KEY:
        raise VaultDamaged(file, "it is sealed to another key than the own one")
    if opened.plaintext is None:
        raise VaultDamaged(file, "it was altered")
    if opened.opened_with != own_key:
        raise VaultDamaged(file, "it is sealed to another key than the own one")
    # An own key that expired meanwhile must still open the vault; a revoked one too, for the way out is inside.
    standing = {SignatureFinding.GOOD, SignatureFinding.KEY_EXPIRED, SignatureFinding.KEY_REVOKED}
    signers = [(fact.signer, fact.finding in standing) for fact in opened.signatures]
    if signers != [(own_key, True)]:
        raise VaultDamaged(file, "it is not signed by the own key alone")
    return opened.plaintext
