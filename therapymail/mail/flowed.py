"""Text in format=flowed as its author typed it: soft line breaks joined (RFC 3676)."""


def unflowed(text: str, *, delete_space: bool) -> str:
    r"""`text`, with `\\n` line ends, its soft breaks undone; with `delete_space` (DelSp=yes) without their blank.

    Quoted lines are joined at their own depth only and keep their `>` prefix.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    paragraph_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # stuffed
        is_signature_mark = content == "-- "
        if paragraph and (depth != paragraph_depth or is_signature_mark or not content):
            lines.append(_prefixed("".join(paragraph).rstrip(" "), paragraph_depth))
            paragraph = []
        is_soft = content.endswith(" ") and not is_signature_mark
        paragraph.append(content[:-1] if is_soft and delete_space else content)
        paragraph_depth = depth
        if not is_soft:
            lines.append(_prefixed("".join(paragraph), depth))
            paragraph = []
    if paragraph:
        lines.append(_prefixed("".join(paragraph).rstrip(" "), paragraph_depth))
    return "\n".join(lines)


def _prefixed(content: str, depth: int) -> str:
    return f"{'>' * depth} {content}" if depth else content
