"""The author's own words told from those quoted out of earlier letters; answers between quotes stay in order.

In doubt a line is the author's own: words must not leave a letter because somebody's mother "wrote:" them.
docs/decisions/reading-letters.md says why these are rules of our own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from therapymail.domain.arrangement import Arrangement, arrangement_of

MAX_LINES = 20_000  # that are looked at: what lies beyond counts as the author's own
_MOST_ATTRIBUTION_LINES = 3
_LONGEST_ATTRIBUTION = 300  # characters
_HEADER_BLOCK_LINES = 12
_DATE_WITHIN = 40  # characters from the beginning of a wrapped attribution
_WRAPPED_WIDTH = 60  # characters: a quoted line this long may have lost its last words to the next line
_WIDE_COLON = "\uff1a"

_QUOTED = re.compile(r"\s{0,3}>(?!From )")  # ">From " is how a mailbox file writes a line of the author's own
_FACE = re.compile(r"\s{0,3}>[:;=.xX_][-'o]?[()\[\]{}<>|/\\DPpOo_.](?:\s|$)")
_OPENING = re.compile(
    r"[*_]{0,2}(?:On|Am|Le|El|Il|Op|Em|Às|Den|På|Dnia|W dniu|Dne|Pe|Ha|No dia|Mon|Tue|Wed|Thu|Fri|Sat|Sun|在|\d)"
    r"[\s,\d年./-]"
)
_VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|geschreven|escreveu|skrev|napisał|napisała|pisze"
    r"|napisana|napsal|napsala|kirjoitti|írta|пишет|писал|писала|написал|написала)\b|写道|寫道|書きました|のメール|작성"
)
# without a verb: alot's with the time in brackets, Horde's with the address
_QUOTING = re.compile(
    r"(?:Quoting|Zitat von) [^\n]{1,200}(?:\(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?\)|<[^\s<>()@]+@[\w.-]+>:)\s*"
)
_ADDRESS = re.compile(r"[^\s<>()@]@[\w-]+\.\w")
_TIME = re.compile(r"\b\d{1,2}\s?[:.h]\s?\d{2}\b")
_BRACKETED = re.compile(r"<[^\s<>()@]+@[\w.-]+>")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b|\d年")
_RULE = re.compile(r"[-_=*]{3,}")
_SEPARATOR = re.compile(
    r"-{2,}\s*(?:original[ -]?message|reply message|forwarded message|(?:ursprüngliche|original|weitergeleitete)[ -]?"
    r"nachricht|message d.origine|message (?:original|transféré)|mensaje (?:original|reenviado)|messaggio (?:originale"
    r"|inoltrato)|(?:oorspronkelijk|doorgestuurd) bericht|mensagem (?:original|encaminhada)|oprindelig meddelelse"
    r"|opprinnelig melding|ursprungligt meddelande|vidarebefordrat meddelande|videresendt (?:besked|meddelelse|melding)"
    r"|(?:alkuperäinen|välitetty) viesti|původní zpráva|wiadomość oryginalna|przekazana wiadomość|исходное сообщение"
    r"|(?:пересылаемое|перенаправленное|пересланное) сообщение|元のメッセージ|転送されたメッセージ|原始邮件|邮件原件"
    r"|转发的(?:消息|邮件)|原始郵件|轉寄的郵件)\s*-{2,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"begin (?:forwarded message|doorgestuurd bericht)|anfang der weitergeleiteten|début du message|inizio messaggio"
    r"|inicio del mensaje|início da mensagem|początek przekazywanej|vidarebefordrat brev|start på videresendt"
    r"|videresendt melding|начало переадресованного|転送されたメッセージ|下面是被转发的邮件",
    re.IGNORECASE,
)
# the names of header fields as mail programs put them above the letter answered, by what they mean
_LABELS = {
    label: meaning
    for meaning, labels in {
        "from": "from von de da van fra från lähettäjä mittente nadawca od от 发件人 差出人 寄件者 보낸 사람",
        "sent": "sent date gesendet datum envoyé enviado enviada fecha data inviato verzonden sendt dato skickat"
        " lähetetty päivämäärä päiväys odesláno wysłano wysłane отправлено дата 发送时间 寄件日期"
        " 日期 日時 日付 送信日時",
        "to": "to an à a para pour aan til till vastaanottaja adresat komu do кому 收件人 收件者 宛先 받는",
        "subject": "subject betreff objet sujet asunto oggetto onderwerp assunto emne ämne aihe předmět temat тема 主题"
        " 主題 主旨 件名 제목",
        "cc": "cc kopie copie kopi kopia kopio dw копия 抄送 副本",
    }.items()
    for label in labels.split()
}
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class SplitText:
    """`own` is the author's text in order, `quoted` what stood between and below, with its `>` prefixes.

    `arrangement` is in which order (domain/arrangement.py).
    """

    own: str
    quoted: str
    arrangement: Arrangement = ()


def split_quotes(text: str) -> SplitText:
    r"""`text`, with `\\n` line ends, as the author's own words and the quoted ones. Nothing is lost.

    Quoted are lines prefixed `>`; the line above them that says who wrote when; and everything below a
    block of From, Sent, Subject, below "Original message", or below such a line naming date and address.
    `own` is empty where a mail is nothing but a quote or a forward.
    """
    if ">" not in text and ":" not in text:
        return _all_own(text)
    lines = text.split("\n", MAX_LINES)
    quoted = _marked(lines)
    if True not in quoted:
        return _all_own(text)
    _mark_wrapped(lines, quoted)
    own, said = _gathered(lines, quoted, wanted=False), _gathered(lines, quoted, wanted=True)
    return SplitText(own.text, said.text, _arranged(quoted, own, said))


def _marked(lines: list[str]) -> list[bool]:
    """For each line whether it is quoted."""
    quoted = [">" in line[:4] and _QUOTED.match(line) is not None and not _FACE.match(line) for line in lines]
    last_prefixed = max((number for number, is_quoted in enumerate(quoted) if is_quoted), default=-1)
    for number, line in enumerate(lines):
        if quoted[number]:
            continue
        if line.rstrip().endswith((":", _WIDE_COLON)):
            start = _attribution_start(lines, number, quoted)
            if start >= 0 and _stands_above_quote(number, lines, quoted):
                quoted[start : number + 1] = [True] * (number + 1 - start)
            elif start >= 0 and number > last_prefixed and _names_date_and_address(lines, start, number):
                return quoted[:start] + [True] * (len(lines) - start)
        if _QUOTING.fullmatch(line) and _stands_above_quote(number, lines, quoted):
            quoted[number] = True
            continue
        if _SEPARATOR.match(line) and _is_above_prefixed(number, lines, quoted):
            quoted[number] = True
            continue
        begin = _rest_begins(lines, number)
        if begin >= 0:
            return quoted[:begin] + [True] * (len(lines) - begin)
    return quoted


def _attribution_start(lines: list[str], end: int, quoted: list[bool]) -> int:
    """The first of the lines ending at `end` that together say who wrote when; -1 if they do not."""
    for start in range(end, max(-1, end - _MOST_ATTRIBUTION_LINES), -1):
        if not lines[start].strip() or quoted[start]:
            break
        if _opens(lines[start].strip(), is_last=start == end) and _is_attribution(lines, start, end):
            return start
    return end if _is_attribution(lines, end, end) else -1


def _opens(line: str, *, is_last: bool) -> bool:
    """Whether an attribution may begin with `line`: in a way that programs begin it, or, wrapped, with its date."""
    if _OPENING.match(line):
        return True
    return not is_last and _DATE.search(line[:_DATE_WITHIN]) is not None and not line.endswith((".", "?", "!", ":"))


def _is_attribution(lines: list[str], start: int, end: int) -> bool:
    words = " ".join(lines[start : end + 1])
    if len(words) > _LONGEST_ATTRIBUTION:
        return False
    dated = _TIME.search(words) is not None or _DATE.search(words) is not None
    addressed = _ADDRESS.search(words) is not None
    return (dated and addressed) or ((dated or addressed) and _VERB.search(words) is not None)


def _names_date_and_address(lines: list[str], start: int, end: int) -> bool:
    words = " ".join(lines[start : end + 1])
    proofs = ((_VERB, _ADDRESS, _DATE), (_BRACKETED, _TIME, _DATE))
    return any(all(pattern.search(words) for pattern in each) for each in proofs)


def _stands_above_quote(number: int, lines: list[str], quoted: list[bool]) -> bool:
    following = number + 1
    while following < len(lines) and following <= number + 3 and not lines[following].strip():
        following += 1
    return following < len(lines) and quoted[following]


def _is_above_prefixed(number: int, lines: list[str], quoted: list[bool]) -> bool:
    """Whether a separator stands above a quote that is prefixed: what is not may then be an answer below it."""
    for following in range(number + 1, min(number + 1 + _HEADER_BLOCK_LINES // 2, len(lines))):
        if quoted[following]:
            return True
        if _label(lines[following]) is not None:
            return False
    return False


def _rest_begins(lines: list[str], number: int) -> int:
    """Where an earlier letter begins that is not prefixed, if line `number` shows it; -1 if it does not."""
    line = lines[number]
    if line.startswith("--") and _SEPARATOR.match(line):
        return number
    if _label(line) is None or not _is_header_block(lines, number):
        return -1
    above = number - 1
    while above >= 0 and above >= number - 2 and not lines[above].strip():
        above -= 1
    if above >= 0 and (_RULE.match(lines[above].strip()) or _FORWARDED.match(lines[above].strip())):
        return above
    return number


def _label(line: str) -> str | None:
    """What the header field means that `line` seems to be; None for any other line."""
    colon = min((at for at in (line.find(":", 0, 24), line.find(_WIDE_COLON, 0, 12)) if at >= 0), default=-1)
    if colon < 1:
        return None
    words = line[:colon].strip(" \t*_\u00a0").lower().split()
    return _LABELS.get(words[0]) if words and len(words) <= 2 else None


def _is_header_block(lines: list[str], start: int) -> bool:
    """Whether From, a date or subject, and a third field follow each other from `start` on."""
    found: dict[str, str] = {}
    strangers = 0
    for line in lines[start : start + _HEADER_BLOCK_LINES]:
        meaning = _label(line)
        if meaning is not None:
            found.setdefault(meaning, line)
        elif line.strip():
            strangers += 1  # a long list of addressees goes on in the next line
            if strangers > 2:
                break
    is_block = "from" in found and "sent" in found and len(found) >= 3
    return is_block and any(character.isdigit() for character in found["sent"])


def _mark_wrapped(lines: list[str], quoted: list[bool]) -> None:
    """Take the last words of a quoted line, wrapped on the way without a prefix, as quoted too."""
    for number in range(1, len(lines) - 1):
        if quoted[number] or not (quoted[number - 1] and quoted[number + 1]):
            continue
        before = lines[number - 1].rstrip()
        if len(before) >= _WRAPPED_WIDTH and before[-1] not in ".?!:" and lines[number][:1].islower():
            quoted[number] = len(lines[number]) < _WRAPPED_WIDTH // 2


class _Gathered(NamedTuple):
    """The lines of one sort as one text, and where in it each of their stretches begins."""

    text: str
    begins: tuple[int, ...]


def _gathered(lines: list[str], quoted: list[bool], *, wanted: bool) -> _Gathered:
    """The lines that are quoted or not, one empty line wherever others stood between them, and never two."""
    kept: list[str] = []
    first_lines: list[int] = []  # of each stretch, in `kept`
    goes_on = False
    for line, is_quoted in zip(lines, quoted, strict=True):
        if is_quoted is wanted:
            if not goes_on:
                first_lines.append(len(kept))
            if line or (kept and kept[-1]):
                kept.append(line)
        elif kept and kept[-1].strip():
            kept.append("")
        goes_on = is_quoted is wanted
    text = _EMPTY_LINES.sub("\n\n", "\n".join(kept)).strip("\n")  # what lies beyond MAX_LINES is one line here
    begins = [0, *accumulate(len(line) + 1 for line in kept)]
    return _Gathered(text, tuple(min(begins[number], len(text)) for number in first_lines))


def _arranged(quoted: list[bool], own: _Gathered, said: _Gathered) -> Arrangement:
    """The order of the stretches of own and quoted lines."""
    left = {False: _stretches(own), True: _stretches(said)}
    return arrangement_of((is_quoted, next(left[is_quoted])) for is_quoted, _ in groupby(quoted))


def _stretches(gathered: _Gathered) -> Iterator[str]:
    """The stretches of a text; joined they are all of it."""
    for begin, end in pairwise((0, *gathered.begins[1:], len(gathered.text))):
        yield gathered.text[begin:end]


def _all_own(text: str) -> SplitText:
    own = text.strip("\n")
    return SplitText(own, "", (len(own),))
