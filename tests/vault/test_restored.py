"""A store that comes from a backup: a chain of its own, and nothing in the outbox that goes by itself."""

from datetime import timedelta

from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Kind
from therapymail.domain.outbox import Agreed, Move, Obstacle, OutboxState, Released, ReleasedHow
from therapymail.vault import drafts, journal, outbox, restored
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.rebuild import rebuild

from .builders import NOW, add_heron, filing

SUM = "ab" * 32
LATER = NOW + timedelta(days=3)


def test_F37_a_restored_store_begins_a_chain_of_its_own_and_the_old_one_verifies(vault: Vault) -> None:
    with vault.writing() as writer:
        file_letters(writer, [filing(1, add_heron(writer))], NOW)
        before, heads = journal.this_device(writer), writer.rows("SELECT device, sequence, hash FROM journal_head")
        restored.begin_as_restored(writer, SUM, NOW, LATER)
    with vault.writing() as writer:
        after = journal.this_device(writer)
        assert after != before
        assert set(heads) < set(writer.rows("SELECT device, sequence, hash FROM journal_head"))
        assert journal.verify(writer).problems == ()
        entry, payload = list(journal.entries(writer))[-1]
        assert (entry.device, entry.sequence, entry.what) == (after, 1, "backup.restored")
        assert payload is not None
        assert (payload["sha256"], payload["device"]) == (SUM, before.hex())
        rebuild(writer)
        assert journal.verify(writer).problems == ()


def test_C9_nothing_that_was_to_leave_leaves_by_itself_after_a_restore(vault: Vault) -> None:
    made = Released(ReleasedHow.AT_ONCE)
    to = Agreed("heron@clients.example", "A" * 40)
    with vault.writing() as writer:
        client = add_heron(writer)
        names = [
            drafts.new_draft(
                writer,
                client=client.identity,
                kind=Kind.RESPONSE,
                content=DraftContent("s", "t"),
                answers=None,
                now=NOW,
            ).name
            for _ in range(4)
        ]
        outbox.put(writer, names[0], state=OutboxState.HELD, leaves_at=NOW, hold_ends=NOW, agreed=None, now=NOW)
        for name in names[1:3]:
            outbox.put(
                writer,
                name,
                state=OutboxState.RELEASED,
                leaves_at=NOW,
                hold_ends=None,
                agreed=to,
                now=NOW,
                released=made,
            )
        outbox.move(writer, outbox.entry(writer, names[2]), Move.OFFER, NOW)
        assert len(outbox.due(writer, LATER)) == 1
        assert restored.stop_what_was_to_leave(writer, NOW, LATER) == 2
    with vault.writing() as writer:
        found = [outbox.entry_or_none(writer, name) for name in names]
        assert [entry and entry.state for entry in found] == [
            OutboxState.HELD,
            OutboxState.FAILED,
            OutboxState.FAILED,
            None,
        ]
        assert [entry and entry.obstacle for entry in found] == [None, Obstacle.RESTORED, Obstacle.RESTORED, None]
        assert outbox.due(writer, LATER) == []
        assert all(restored.waits_for_mailbox(writer, name) for name in names)
        restored.mailbox_was_read(writer)
        assert not any(restored.waits_for_mailbox(writer, name) for name in names)


def test_C9_what_may_have_arrived_stays_uncertain(vault: Vault) -> None:
    with vault.writing() as writer:
        name = drafts.new_draft(
            writer,
            client=add_heron(writer).identity,
            kind=Kind.RESPONSE,
            content=DraftContent("s", "t"),
            answers=None,
            now=NOW,
        ).name
        outbox.put(
            writer,
            name,
            state=OutboxState.RELEASED,
            leaves_at=NOW,
            hold_ends=None,
            agreed=Agreed("heron@clients.example", "A" * 40),
            now=NOW,
            released=Released(ReleasedHow.AT_ONCE),
        )
        writer.run("INSERT INTO outbox_sealed (draft, proof, raw) VALUES (?, '{}', x'00')", (name.number,))
        offering = outbox.move(writer, outbox.entry(writer, name), Move.OFFER, NOW)
        assert offering
        outbox.move(writer, offering, Move.BEGIN_DATA, NOW)
        restored.stop_what_was_to_leave(writer, NOW, LATER)
        assert outbox.entry(writer, name).state is OutboxState.UNCERTAIN
        # its bytes are what settles it
        assert writer.row("SELECT count(*) FROM outbox_sealed") == (1,)


def test_a_draft_that_is_written_afterwards_waits_for_nothing(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        restored.stop_what_was_to_leave(writer, NOW, LATER)
        new = drafts.new_draft(
            writer, client=client.identity, kind=Kind.RESPONSE, content=DraftContent("s", "t"), answers=None, now=LATER
        )
        assert not restored.waits_for_mailbox(writer, new.name)
        assert restored.letters_since(writer, new.name, client.identity) == []
