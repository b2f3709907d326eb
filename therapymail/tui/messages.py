"""What the parts of the interface tell each other: small values, with names and counts and never a letter's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from therapymail.practice.receive import SyncProgress
    from therapymail.practice.watch import WatchEvent


@dataclass
class SyncMoved(Message):
    """A sync under way has come so far."""

    progress: SyncProgress


@dataclass
class RecordChanged(Message):
    """Letters came or left: lists are read again."""


@dataclass
class WatchTold(Message):
    """The background watch of the mailbox tells something."""

    event: WatchEvent
