"""Dates of mail headers (RFC 5322 section 3.3, with the obsolete forms in use), in UTC."""

import re
from datetime import UTC, datetime, timedelta

FIRST_YEAR = 1990
LAST_YEAR = 2099
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_LARGEST_OFFSET = timedelta(hours=14)
_DATE = re.compile(
    r"(?:^|[\s,])(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{2}|\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?"
    r"(?:\s*([+-])(\d{2}):?(\d{2})|\s+([A-Za-z]{1,5}))?",
    re.ASCII,
)
_COMMENT = re.compile(r"\([^()]*\)")
_ASCTIME = re.compile(r"([A-Za-z]{3}) +(\d{1,2}) (\d{1,2}:\d{2}:\d{2}) (\d{4})", re.ASCII)


def mail_date(text: str) -> datetime | None:
    """The moment that `text` names, in UTC; None where it names none, or an absurd one.

    Absurd are years before FIRST_YEAR or after LAST_YEAR and zones more than 14 hours from UTC. A date
    without a zone, or with one nobody knows, is taken as UTC. Seconds of 60 count as 59.
    """
    plain = _COMMENT.sub("", text[:200])
    found = _DATE.search(plain) or _DATE.search(_ASCTIME.sub(r"\2 \1 \4 \3", plain))
    if not found:
        return None
    month = _MONTHS.get(found[2].lower())
    year = int(found[3])
    if len(found[3]) == 2:  # RFC 5322 section 4.3
        year += 2000 if year < 50 else 1900
    offset = _offset(found[7], found[8], found[9], found[10])
    if month is None or not FIRST_YEAR <= year <= LAST_YEAR or abs(offset) > _LARGEST_OFFSET:
        return None
    try:
        local = datetime(
            year, month, int(found[1]), int(found[4]), int(found[5]), min(int(found[6] or 0), 59), tzinfo=UTC
        )
    except ValueError:  # 31 February, 25 o'clock
        return None
    return local - offset


def _offset(sign: str | None, hours: str | None, minutes: str | None, zone: str | None) -> timedelta:
    if sign and hours and minutes:
        size = timedelta(hours=int(hours), minutes=int(minutes))
        return -size if sign == "-" else size
    return timedelta(hours=_ZONES.get((zone or "").upper(), 0))
