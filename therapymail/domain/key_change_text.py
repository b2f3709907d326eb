"""The words for a client's key change: what was found, what that means for letters, what to do, with the commands."""

from therapymail.domain.key_change import KeyChange, KeyResolution, KeySign

_FOUND = {
    KeySign.SIGNED: "{letter} came under their address, signed by another key.",
    KeySign.IMPORTED: "Another key was imported as theirs.",
    KeySign.VOUCHED: "{letter}, which their key signed, brought another key of theirs.",
    KeySign.OFFERED: "Another key bears their address: {letter} brought it. Anybody could have sent that.",
}
_LOOKED_UP = "Another key bears their address: it was looked up, and only a host vouches for it."
_DECIDED = {KeyResolution.PINNED: "pinned", KeyResolution.DISMISSED: "dismissed"}


def change_sentence(change: KeyChange) -> str:
    """What speaks for another key."""
    if change.letter is None and change.sign is KeySign.OFFERED:
        return _LOOKED_UP
    letter = str(change.letter) if change.letter else "A mail that is set aside or erased"
    return _FOUND[change.sign].format(letter=letter)


def consequence_sentence(change: KeyChange, code: str) -> str:
    """What that means for letters to the client."""
    if change.blocks:
        return f"No letter leaves to {code} until you decide."
    return "Letters leave as before, sealed to the pinned key."


def channel_sentence(code: str) -> str:
    """How to find out: another channel, in one sentence."""
    return (
        f"Ring {code}: let them read you the fingerprint their program shows, or ask for the word you agreed on. A mail"
        " is no other channel."
    )


def acceptance_sentence(change: KeyChange, code: str) -> str:
    """What to do where it is theirs."""
    if change.is_here:
        return f'It is theirs: `therapymail client verify {code} --new --how "by phone"`.'
    return (
        "It is theirs: ask them for the key itself, for only a signature names it here; "
        f"`therapymail key import FILE --client {code}`, then `therapymail client verify {code} --new`."
    )


def dismissal_sentence(change: KeyChange, code: str) -> str:
    """What to do where it is not, or where letters shall go on to the pinned key."""
    short = change.fingerprint[-16:]
    return f'It is not: `therapymail key dismiss {code} {short} --why "it was not them"` keeps the pinned one.'


def decision_words(change: KeyChange) -> str:
    """What was decided, for a list; empty while nothing is."""
    if change.resolution is None or change.resolved is None:
        return ""
    because = f": {change.why}" if change.why else ""
    return f"{_DECIDED[change.resolution]} {change.resolved:%Y-%m-%d}{because}"
