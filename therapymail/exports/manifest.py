"""Lines of SHA-256 sums, as `sha256sum -c` reads them."""


def manifest_line(sha256: str, name: str) -> str:
    """The line for the file `name` with this sum (hex); odd characters in a name are escaped as GNU does."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != name else ""
    return f"{mark}{sha256}  {escaped}\n"
