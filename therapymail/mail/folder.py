"""Folders of a mail account as values: their names, what they are for, and how they stand."""

import re
from dataclasses import dataclass
from enum import StrEnum

from therapymail.errors import UnusableInput


class FolderRole(StrEnum):
    """What a folder is for (RFC 6154)."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    ARCHIVE = "archive"
    ALL = "all"


@dataclass(frozen=True)
class Folder:
    """One folder. `name` is decoded text from the server, not sanitised; `selectable` whether it can hold mail."""

    name: str
    role: FolderRole | None = None
    selectable: bool = True


@dataclass(frozen=True)
class FolderState:
    """How a folder stands at the server, as STATUS or EXAMINE says it.

    `uidnext` is the number the next mail will get (0: the server does not say); `highestmodseq` is None where
    the server keeps no change numbers (RFC 7162).
    """

    name: str
    uidvalidity: int
    uidnext: int
    messages: int
    highestmodseq: int | None = None


_SPECIAL_USE = {
    b"\\sent": FolderRole.SENT,
    b"\\drafts": FolderRole.DRAFTS,
    b"\\trash": FolderRole.TRASH,
    b"\\junk": FolderRole.JUNK,
    b"\\archive": FolderRole.ARCHIVE,
    b"\\all": FolderRole.ALL,
}
_NOT_SELECTABLE = {b"\\noselect", b"\\nonexistent"}

# What servers and programs call these folders where SPECIAL-USE is not offered, by the last part of the name.
_KNOWN_NAMES = {
    FolderRole.SENT: (
        "sent|sent items|sent mail|sent messages|gesendet|gesendete elemente|gesendete objekte|envoyés|"
        "messages envoyés|éléments envoyés|enviados|elementos enviados|itens enviados|mensajes enviados|"
        "posta inviata|inviata|inviati|verzonden|verzonden items|skickat|skickade objekt|sendt|sendte elementer|"
        "sendt post|lähetetyt|wysłane|elementy wysłane|odeslané|odeslaná pošta|odoslané|elküldött|"
        "отправленные|надіслані|gönderilmiş öğeler|gönderilmiş|"
        "送信済み|送信済みアイテム|已发送|已发送邮件|寄件備份|보낸 편지함"
    ),
    FolderRole.DRAFTS: (
        "drafts|draft|entwürfe|entwurf|brouillons|borradores|rascunhos|bozze|concepten|utkast|kladder|luonnokset|"
        "kopie robocze|wersje robocze|koncepty|rozepsané|piszkozatok|черновики|чернетки|taslaklar|"
        "下書き|草稿|草稿箱|임시 보관함"
    ),
    FolderRole.TRASH: (
        "trash|deleted|deleted items|deleted messages|bin|papierkorb|gelöschte elemente|gelöschte objekte|corbeille|"
        "éléments supprimés|papelera|elementos eliminados|lixeira|itens excluídos|cestino|posta eliminata|prullenbak|"
        "verwijderde items|papperskorgen|papirkurv|slettet post|roskakori|poistetut|kosz|elementy usunięte|koš|"
        "törölt elemek|корзина|удаленные|кошик|çöp kutusu|ゴミ箱|已删除|已删除邮件|垃圾桶|휴지통"
    ),
    FolderRole.JUNK: (
        "junk|spam|junk e-mail|junk email|junk mail|bulk mail|spamverdacht|unerwünscht|"
        "courrier indésirable|indésirables|"
        "pourriel|correo no deseado|lixo eletrônico|lixo eletrónico|posta indesiderata|ongewenst|ongewenste e-mail|"
        "skräppost|søppelpost|uønsket|roskaposti|wiadomości-śmieci|nevyžádaná pošta|levélszemét|"
        "спам|нежелательная почта|"
        "gereksiz|迷惑メール|垃圾邮件|스팸"
    ),
    FolderRole.ARCHIVE: (
        "archive|archives|archiv|archivio|archivo|arquivo|arquivar|archief|arkiv|arkisto|archiwum|archív|архив|архів|arşiv|"
        "アーカイブ|归档|보관"
    ),
    FolderRole.ALL: (
        "all mail|alle nachrichten|"
        "tous les messages|todos|todo el correo|todos os e-mails|tutti i messaggi|alle berichten"
    ),
}
_ROLE_BY_NAME = {name: role for role, names in _KNOWN_NAMES.items() for name in names.split("|")}


def folder_from_list(flags: tuple[bytes, ...], name: str) -> Folder:
    """The folder of one LIST line: its role by SPECIAL-USE, INBOX by its name; others keep None."""
    lowered = {flag.lower() for flag in flags}
    selectable = not lowered & _NOT_SELECTABLE
    if name.upper() == "INBOX":
        return Folder("INBOX", FolderRole.INBOX, selectable)
    role = next((_SPECIAL_USE[flag] for flag in sorted(lowered) if flag in _SPECIAL_USE), None)
    return Folder(name, role if selectable else None, selectable)


def with_known_names(folders: "tuple[Folder, ...]", delimiters: dict[str, str]) -> tuple[Folder, ...]:
    """`folders`, where a role that SPECIAL-USE gave to none goes to the first folder so called in some language.

    Only a folder at the top, or directly below INBOX or a provider's own top folder, is recognised by its name:
    "Clients/Archive" is somebody's own order.
    """
    taken = {folder.role for folder in folders}
    named: list[Folder] = []
    for folder in folders:
        role = None
        if folder.role is None and folder.selectable:
            role = _role_by_name(folder.name, delimiters.get(folder.name, ""))
        if role is not None and role not in taken:
            taken.add(role)
            folder = Folder(folder.name, role, folder.selectable)  # noqa: PLW2901 - the same folder, now with its role
        named.append(folder)
    return tuple(named)


_TOPS = re.compile(r"INBOX|\[Gmail\]|\[Google Mail\]", re.IGNORECASE)


def _role_by_name(name: str, delimiter: str) -> FolderRole | None:
    top, separator, last = name.rpartition(delimiter) if delimiter else ("", "", name)
    if separator and not _TOPS.fullmatch(top):
        return None
    return _ROLE_BY_NAME.get(last.casefold())


# A name that is not proper modified UTF-7 keeps its bytes, the telling ones as private-use characters, so that
# it still names its folder and still can be stored as text.
_RAW = 0xF700
_RAW_RANGE = re.compile("[\uf700-\uf7ff]")


def decoded_name(wire_name: bytes) -> str:
    """A folder's name as text: modified UTF-7 decoded (RFC 3501 section 5.1.3); `encoded_name` is its inverse."""
    from imapclient import imap_utf7

    try:
        name = str(imap_utf7.decode(wire_name))
        if imap_utf7.encode(name) == wire_name and not _RAW_RANGE.search(name):
            return name
    except (ValueError, UnicodeError):
        pass  # not modified UTF-7: an old or careless server's own way
    return "".join(chr(_RAW + byte) if byte == ord("&") or byte >= 0x7F else chr(byte) for byte in wire_name)


def encoded_name(name: str) -> bytes:
    """`name` as it goes over the wire: modified UTF-7, quoted. Raises UnusableInput for a name no folder can have."""
    from imapclient import imap_utf7

    if _RAW_RANGE.search(name):
        numbers = [ord(character) - _RAW if _RAW_RANGE.match(character) else ord(character) for character in name]
        if not all(0x20 <= number <= 0xFF for number in numbers):
            raise UnusableInput("folder", "no folder can have this name")
        wire_name = bytes(numbers)
    else:
        try:
            wire_name = imap_utf7.encode(name)
        except UnicodeEncodeError:
            raise UnusableInput("folder", "no folder can have this name") from None
    return b'"' + wire_name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
