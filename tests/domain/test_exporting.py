"""The form of an export: as it is named, as the file ends, or the first there is."""

import pytest

from therapymail.domain.exporting import FORMS, Exported, Form, form_of
from therapymail.errors import UnusableInput


def test_the_form_is_named_or_told_by_the_file() -> None:
    assert form_of(Exported.LETTERBOOK, "MD", "x.html") is Form.MARKDOWN
    assert form_of(Exported.LETTERBOOK, None, "x.md") is Form.MARKDOWN
    assert form_of(Exported.LETTERBOOK, None, "heron.json.gpg") is Form.JSON
    assert form_of(Exported.LETTERBOOK, None, "-") is Form.HTML
    assert form_of(Exported.LETTERS, None, "heron.mbox") is Form.MBOX


@pytest.mark.parametrize("what", Exported)
def test_a_form_that_there_is_not_is_said(what: Exported) -> None:
    assert all(form_of(what, form.value, "x") is form for form in FORMS[what])
    with pytest.raises(UnusableInput):
        form_of(what, "pdf", "x")
