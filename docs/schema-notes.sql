-- The schema of notes.db, the store of process notes, as a person reads it. The migrations in
-- therapymail/vault/notes_migrations/ make it; a test (tests/vault/test_schema.py) fails when this page and a real
-- store differ. What the four kinds of tables are, and how times and digests are written, docs/schema.sql says.
--
-- Nothing here names a client, an address or a letter: identities and digests mean something beside the record alone.

-- ===== journal =======================================================================================

-- journal: one chain a device. `previous` is the hash of the device's entry before, so that a change, a
-- removal or a new order anywhere shows. `time` never goes back within a vault: what an entry builds on
-- always sorts before it, whatever the clock did. `about` is a digest or an identity in hex, or empty.
CREATE TABLE journal (
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    payload_hash BLOB NOT NULL,
    previous BLOB NOT NULL,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

-- The order in which entries of all devices are merged.
CREATE INDEX journal_by_time ON journal (time, device, sequence);

-- journal: what an entry says. Erasing removes this row, and with its nonce the only way to guess the
-- payload from its hash; a `journal.erased` entry stands for it and the chain still verifies.
CREATE TABLE journal_payload (
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (device, sequence),
    FOREIGN KEY (device, sequence) REFERENCES journal (device, sequence)
) STRICT, WITHOUT ROWID;

-- journal: the last entry of each device's chain, so that a chain cut short shows.
CREATE TABLE journal_head (
    device BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_is_never_edited BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER payload_is_never_edited BEFORE UPDATE ON journal_payload
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- ===== process notes =================================================================================

-- projection: notes. In the record they are progress notes (N-12), in the store of process notes those (P-12); number and
-- suffix as of letters. `id` is the place in time of `written`. `client` is an identity, `format` a template's name.
-- `locks` is when it can only be amended, fixed when it was written; NULL: never. What it is about: `letter` and
-- `exchange` (the letter that opened it) are digests, `passage` JSON (domain/passage.py) or empty.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    suffix TEXT NOT NULL,
    client TEXT NOT NULL,
    format TEXT NOT NULL,
    written INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    locks INTEGER,
    letter BLOB,
    passage TEXT NOT NULL,
    exchange BLOB,
    words INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (number, suffix)
) STRICT;

CREATE INDEX note_of_client ON note (client, id);

CREATE INDEX note_of_letter ON note (letter) WHERE letter IS NOT NULL;

-- projection: dated additions to a note, in the order they were made.
CREATE TABLE note_amendment (
    note INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    written INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (note, position)
) STRICT, WITHOUT ROWID;

-- projection: notes that were erased: their numbers are not given again.
CREATE TABLE erased_note (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- working state: what is being written of notes, saved at each step: a new note, a change of one, an amendment
-- (`purpose`). `begun_with` is the template's text, whose unused lines are dropped when it is kept.
CREATE TABLE note_draft (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    suffix TEXT NOT NULL,
    client TEXT NOT NULL,
    format TEXT NOT NULL,
    purpose TEXT NOT NULL,
    begun_with TEXT NOT NULL,
    text TEXT NOT NULL,
    letter BLOB,
    passage TEXT NOT NULL,
    exchange BLOB,
    begun INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

-- projection: what makes notes searchable, in the same shape as the index of letters; the row id is the note's.
CREATE VIRTUAL TABLE note_index USING fts5 (
    terms,
    text,
    content = '',
    columnsize = 0,
    tokenize = 'ascii'
);

-- HAZARDS H14, and the size of a page, as for letters.
INSERT INTO note_index (note_index, rank) VALUES ('secure-delete', 1);

INSERT INTO note_index (note_index, rank) VALUES ('pgsz', 3900);

-- projection: what was put into the index for each note, so that exactly that can be taken out again.
CREATE TABLE note_indexed (
    note INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    filters TEXT NOT NULL
) STRICT;

-- ===== working state =================================================================================

-- working state: what this store is: `device` (hex, this device's chain), `made` (when), `note_index_made_by`.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
