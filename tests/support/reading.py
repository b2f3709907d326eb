"""An opened mail's text, read by Python's own mail parser: enough to compare, nothing of the program's."""

import email
import email.policy

from therapymail.pgp.opening import OpenedMail


def text_of_letter(opened: OpenedMail) -> str | None:
    """The letter's main text, None where the mail was not opened."""
    if opened.payload is None:
        return None
    if not opened.is_entity:
        return opened.payload.decode(opened.charset)
    body = email.message_from_bytes(opened.payload, policy=email.policy.default).get_body(("plain", "html"))
    return str(body.get_content()) if body else ""
