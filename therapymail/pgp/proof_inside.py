"""The second half of the proof before send: what the seal holds of our key, read from the letter as opened again.

Like pgp.proof it shares nothing with the making of the letter: Python's own mail parser, our readers of packets, and
a pattern written down here.
"""

import binascii
import email
import email.policy
import re

from therapymail.domain.departure import ProvenLetter
from therapymail.errors import KeyRefused, NotProven
from therapymail.pgp.certificate_packets import each_packet, encryption_key_ids
from therapymail.pgp.proof import Expected

CODE = "autocrypt"
_VALUE = re.compile(
    r"addr=(?P<address>[!-:<-~]+); prefer-encrypt=mutual; keydata=(?P<data>(?: [A-Za-z0-9+/]{1,75}={0,2})+)"
)
_LONGEST = 10 * 1024
_PUBLIC_KEY, _SIGNATURE, _USER_ID, _PUBLIC_SUBKEY = 6, 2, 13, 14


def prove_inside(letter: ProvenLetter, payload: bytes, expected: Expected, *, offers_key: bool) -> None:
    """Check the root header of the `payload` that `letter` seals: one Autocrypt field, or none unless `offers_key`.

    No other field of that family is there: a letter never tells one client of another's key (PGP.md AC3). The field
    names our address, and holds packets of our own certificate alone: the primary key, one name, which bears that
    address, and the one part that this letter was sealed to, as far as sealing goes. Raises NotProven.
    """
    header = payload.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    mail = email.message_from_string(header, policy=email.policy.compat32)
    values = [str(value) for name, value in mail.items() if name.lower().startswith("autocrypt")]
    if not offers_key and not values:
        return
    try:
        holds = offers_key and len(values) == 1 and "Autocrypt" in mail and _is_our_key(values[0], letter, expected)
    except (KeyRefused, ValueError):  # ValueError: of base64 or of a name that is no UTF-8
        holds = False
    if not holds:
        raise NotProven(CODE)


def _is_our_key(value: str, letter: ProvenLetter, expected: Expected) -> bool:
    found = _VALUE.fullmatch(re.sub(r"\r?\n(?=[ \t])", "", value))
    if found is None or len(value) > _LONGEST or found["address"] != expected.sender:
        return False
    keydata = binascii.a2b_base64(found["data"].replace(" ", ""), strict_mode=True)
    ours = {expected.own_certificate[packet.start : packet.end] for packet in each_packet(expected.own_certificate)}
    packets = list(each_packet(keydata))
    names = [packet.body.decode("utf-8") for packet in packets if packet.tag == _USER_ID]
    sealing = encryption_key_ids(keydata)
    return (
        all(keydata[packet.start : packet.end] in ours for packet in packets)
        and [packet.tag for packet in packets].count(_PUBLIC_KEY) == 1
        and {packet.tag for packet in packets} <= {_PUBLIC_KEY, _SIGNATURE, _USER_ID, _PUBLIC_SUBKEY}
        and len(names) == 1
        and re.search(rf"(?:^|<){re.escape(expected.sender)}>?$", names[0], re.IGNORECASE) is not None
        and len(sealing) == 1
        and sealing <= set(letter.proof.sealed_to)
    )
