"""A clinical executor's pack as one page: whom to reach and what to do, no word of a letter; text in, HTML out."""

from therapymail.domain.executor import PackPage
from therapymail.exports.page_templates import page_template


def executor_page(pack: PackPage) -> str:
    """The page: nothing in it runs, and nothing is fetched."""
    paragraphs = [part.strip() for part in pack.executor.instructions.split("\n\n") if part.strip()]
    return page_template("executor.html").render(pack=pack, paragraphs=paragraphs) + "\n"
