"""An object as the text of a JSON file: printable ASCII alone, so that no program that shows it obeys a letter."""

import json
from typing import Any


def json_text(value: dict[str, Any]) -> str:
    """`value`, indented, ending with a line's end (RFC 8259); lone halves of characters are escaped as they are."""
    return json.dumps(value, ensure_ascii=True, indent=1).replace("\x7f", "\\u007f") + "\n"
