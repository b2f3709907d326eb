"""The measured part of docs/performance.md, generated from the JSON of a run."""

from pathlib import Path

from bench.outcome import as_markdown, read_document

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin (python -m bench report) -->", "<!-- measured: end -->"


def write_report(results: Path, page: Path = PAGE) -> None:
    """Replace what stands between the marks of `page` by the figures in `results`. Raises SystemExit without marks."""
    text = page.read_text()
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise SystemExit(f"{page} has no place for figures")
    page.write_text(f"{before}{BEGIN}\n\n{measured(results)}\n{END}{after}")


def measured(results: Path) -> str:
    """The figures in `results` as Markdown."""
    machine, outcomes = read_document(results)
    peers = ", ".join(machine["peers"].values())
    where = (
        f"Measured at commit {machine['commit']} on {machine['system']}, {machine['processor']}, "
        f"{machine['cores']} cores, Python {machine['python']}, {machine['gpg']}{'; ' if peers else ''}{peers}."
    )
    return "\n".join([where, "", *(as_markdown(outcome) for outcome in outcomes)])
