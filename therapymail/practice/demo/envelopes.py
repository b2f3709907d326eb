"""The mail that the story came in: what a client's mail program, or the therapist's past one, would have sent.

Pure: an entity to be sealed comes out, ciphertext goes in, mail comes out; nothing here seals. It stands
apart from the program's own sealing, so that the demo checks the program against somebody else's mail.
"""

import hashlib
import html
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

from therapymail.practice.demo.photo import photo_with_exif
from therapymail.practice.demo.tale import Story, StoryMail

OUTER_SUBJECT = "..."
_PROTECTED = ("From", "To", "Date", "Subject", "Message-ID", "In-Reply-To", "References")


def message_id(story: Story, mail: StoryMail) -> str:
    """The Message-ID of `mail`: a digest of its id at the author's mail domain, in angle brackets."""
    _, address = _author(story, mail)
    return f"<{_opaque(mail.id)}@{address.rpartition('@')[2]}>"


def _opaque(mail_id: str) -> str:
    """A name for a mail that says nothing of it: ids name client and kind, and would stand outside the seal."""
    return hashlib.sha256(mail_id.encode()).hexdigest()[:20]


def recipient_address(story: Story, mail: StoryMail) -> str:
    """The one address that `mail` is written to."""
    return _recipient(story, mail)[1]


def inner_entity(story: Story, mail: StoryMail) -> bytes:
    """What is sealed: a MIME entity with protected headers (RFC 9788), or the bare text for inline PGP.

    Raises ValueError for a mail that is not sealed at all.
    """
    if mail.seal == "none":
        raise ValueError(mail.id)
    if mail.seal == "inline":
        return mail.text.replace("\n", "\r\n").encode()
    root = _with_headers(story, mail, mail.subject)
    for name, value in _outer_headers(story, mail).items():
        if name in _PROTECTED:
            root["HP-Outer"] = f"{name}: {value}"
    root["Content-Type"] = _multipart("mixed", mail, "sealed", 'protected-headers="v1"; hp="cipher"')
    root.attach(_body(mail))
    if mail.enclosure is not None:
        root.attach(_enclosure(mail, mail.enclosure))
    return root.as_bytes()


def sealed_mail(story: Story, mail: StoryMail, armor: bytes) -> bytes:
    """The mail around the ciphertext `armor`: RFC 3156, or the armor as the text of an inline mail.

    Raises ValueError for a mail that is not sealed at all.
    """
    if mail.seal == "none":
        raise ValueError(mail.id)
    ciphertext = armor.decode("ascii").replace("\r\n", "\n")
    outer = EmailMessage(policy=SMTP)
    for name, value in _outer_headers(story, mail).items():
        outer[name] = value
    outer["MIME-Version"] = "1.0"
    if mail.seal == "inline":
        outer["Content-Type"] = 'text/plain; charset="utf-8"'
        outer.set_payload(ciphertext)
        return outer.as_bytes()
    outer["Content-Type"] = _multipart("encrypted", mail, "outer", 'protocol="application/pgp-encrypted"')
    outer.attach(_part("application/pgp-encrypted", "Version: 1\n"))
    outer.attach(
        _part('application/octet-stream; name="encrypted.asc"', ciphertext, 'inline; filename="encrypted.asc"')
    )
    return outer.as_bytes()


def plain_mail(story: Story, mail: StoryMail) -> bytes:
    """A mail that nobody sealed; for a bounce, the delivery report (RFC 3464).

    Raises ValueError for a mail that is sealed.
    """
    if mail.seal != "none":
        raise ValueError(mail.id)
    if mail.bounce_of is not None:
        return _delivery_report(story, mail, story.mail(mail.bounce_of))
    outer = _with_headers(story, mail, mail.subject)
    outer.set_content(mail.text)
    return outer.as_bytes()


def _author(story: Story, mail: StoryMail) -> tuple[str, str]:
    if mail.author == "noise":
        return mail.from_name or "", mail.from_address or ""
    if mail.author == "therapist":
        return story.therapist.name, story.therapist.address
    writer = story.client(mail.client or "")
    return writer.name, writer.address


def _recipient(story: Story, mail: StoryMail) -> tuple[str, str]:
    if mail.direction == "in" or mail.client is None:
        return story.therapist.name, story.therapist.address
    reader = story.client(mail.client)
    return reader.name, reader.address


def _mailbox(person: tuple[str, str]) -> str:
    return str(Address(display_name=person[0], addr_spec=person[1]))


def _headers(story: Story, mail: StoryMail, subject: str) -> dict[str, str]:
    headers = {
        "From": _mailbox(_author(story, mail)),
        "To": _mailbox(_recipient(story, mail)),
        "Date": format_datetime(mail.written),
        "Subject": subject,
        "Message-ID": message_id(story, mail),
    }
    ancestors = _ancestors(story, mail)
    if ancestors:
        headers["In-Reply-To"] = ancestors[-1]
        headers["References"] = " ".join(ancestors)
    return headers


def _outer_headers(story: Story, mail: StoryMail) -> dict[str, str]:
    """The headers that everybody on the way can read; inline PGP has no inner subject to hide the real one in."""
    return _headers(story, mail, mail.subject if mail.seal == "inline" else OUTER_SUBJECT)


def _ancestors(story: Story, mail: StoryMail) -> list[str]:
    """The Message-IDs that `mail` descends from, oldest first."""
    found = list(mail.thread)
    parent = mail.in_reply_to
    while parent is not None:
        ancestor = story.mail(parent)
        found.insert(0, message_id(story, ancestor))
        parent = ancestor.in_reply_to
    return found


def _with_headers(story: Story, mail: StoryMail, subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(story, mail, subject).items():
        message[name] = value
    message["MIME-Version"] = "1.0"
    return message


def _multipart(subtype: str, mail: StoryMail, layer: str, parameters: str = "") -> str:
    """A multipart's Content-Type, its boundary made from the mail's id so that every build is the same."""
    return f'multipart/{subtype}; boundary="=_{_opaque(mail.id)}_{layer}"' + (f"; {parameters}" if parameters else "")


def _body(mail: StoryMail) -> EmailMessage:
    words = EmailMessage(policy=SMTP)
    words.set_content(mail.text)
    del words["MIME-Version"]
    if mail.seal != "mime-html":
        return words
    page = EmailMessage(policy=SMTP)
    page.set_content(as_html(mail.text), subtype="html")
    del page["MIME-Version"]
    either = EmailMessage(policy=SMTP)
    either["Content-Type"] = _multipart("alternative", mail, "either")
    either.attach(words)
    either.attach(page)
    return either


def as_html(text: str) -> str:
    """`text` as the HTML alternative of a mail program: paragraphs, and quoted ones as block quotations."""
    blocks = []
    for paragraph in text.strip().split("\n\n"):
        lines = paragraph.split("\n")
        quoted = all(line.startswith(">") for line in lines)
        shown = [html.escape(line.removeprefix(">").strip() if quoted else line, quote=False) for line in lines]
        joined = "<br>\n".join(shown)
        blocks.append(f'<blockquote type="cite">{joined}</blockquote>' if quoted else f"<p>{joined}</p>")
    return "<html><body>\n" + "\n".join(blocks) + "\n</body></html>\n"


def _enclosure(mail: StoryMail, name: str) -> EmailMessage:
    picture = EmailMessage(policy=SMTP)
    picture.set_content(photo_with_exif(mail.written), maintype="image", subtype="jpeg", filename=name)
    del picture["MIME-Version"]
    return picture


def _part(content_type: str, payload: str, disposition: str | None = None) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = content_type
    if disposition is not None:
        part["Content-Disposition"] = disposition
    part.set_payload(payload)
    return part


def _delivery_report(story: Story, mail: StoryMail, returned: StoryMail) -> bytes:
    report = _with_headers(story, mail, mail.subject)
    report["Auto-Submitted"] = "auto-replied"
    report["Content-Type"] = _multipart("report", mail, "report", 'report-type="delivery-status"')
    words = EmailMessage(policy=SMTP)
    words.set_content(mail.text)
    del words["MIME-Version"]
    report.attach(words)
    report.attach(_delivery_status(story, mail, returned))
    report.attach(_part("text/rfc822-headers", _returned_headers(story, returned)))
    return report.as_bytes()


def _returned_headers(story: Story, returned: StoryMail) -> str:
    headers = EmailMessage(policy=SMTP)
    for name, value in _outer_headers(story, returned).items():
        headers[name] = value
    return headers.as_bytes().decode("ascii").replace("\r\n", "\n")


def _delivery_status(story: Story, mail: StoryMail, returned: StoryMail) -> EmailMessage:
    """The machine's part of a report: one block about the message, one about the recipient."""
    domain = story.therapist.address.rpartition("@")[2]
    about: Message[str, str] = Message(policy=SMTP)
    about["Reporting-MTA"] = f"dns; mx.{domain}"
    about["Arrival-Date"] = format_datetime(returned.written)
    failed: Message[str, str] = Message(policy=SMTP)
    failed["Final-Recipient"] = f"rfc822; {recipient_address(story, returned)}"
    failed["Action"] = "failed"
    failed["Status"] = "5.2.2"
    failed["Diagnostic-Code"] = "smtp; 552 5.2.2 mailbox full"
    failed["Last-Attempt-Date"] = format_datetime(mail.written)
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([about, failed])
    return status
