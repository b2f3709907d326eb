"""Asking practice verbs from a widget: a coroutine that a lock ends, and whose refusals are said in the status line."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from textual import work
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker

from therapymail.errors import TherapymailError, VaultLocked

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp

Asker = TypeVar("Asker", bound=DOMNode)
Given = ParamSpec("Given")


def asking(
    group: str, *, exclusive: bool = True
) -> Callable[
    [Callable[Concatenate[Asker, Given], Coroutine[Any, Any, None]]],
    Callable[Concatenate[Asker, Given], Worker[None]],
]:
    """Turn a coroutine method of a widget or screen into work beside the interface.

    A later call of the same `group` takes the place of an earlier one, unless it is not `exclusive`. What was asked
    is cancelled with its widget, and ends in silence where that is being taken away. A lock locks the interface; any
    other refusal becomes a line, not a crash.
    """

    def decorate(
        method: Callable[Concatenate[Asker, Given], Coroutine[Any, Any, None]],
    ) -> Callable[Concatenate[Asker, Given], Worker[None]]:
        @wraps(method)
        async def carry_out(self: Asker, /, *given: Given.args, **named: Given.kwargs) -> None:
            try:
                await saying_refusals(app_of(self), method(self, *given, **named))
            except NoMatches:
                if not _is_going(self):
                    raise

        return work(carry_out, group=group, exclusive=exclusive)

    return decorate


def _is_going(node: DOMNode) -> bool:
    """Whether a widget or screen is being taken away: its parts may be gone before it is, with nothing left to show."""
    return not node.is_attached or any(getattr(each, "_pruning", False) for each in node.ancestors_with_self)


async def saying_refusals(app: "TherapymailApp", asked: Awaitable[None]) -> None:
    """Wait for `asked`; a lock locks the interface, another refusal is said."""
    try:
        await asked
    except VaultLocked:
        app.lock_room()
    except TherapymailError as refused:
        app.say_refused(refused)


def app_of(node: DOMNode) -> "TherapymailApp":
    """The app that `node` is part of."""
    from therapymail.tui.app import TherapymailApp

    app = node.app
    assert isinstance(app, TherapymailApp)
    return app
