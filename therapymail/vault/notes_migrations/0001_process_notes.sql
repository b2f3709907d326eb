-- Schema 1 of the store of process notes. docs/schema-notes.sql says what each table is for.

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

CREATE INDEX journal_by_time ON journal (time, device, sequence);

CREATE TABLE journal_payload (
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (device, sequence),
    FOREIGN KEY (device, sequence) REFERENCES journal (device, sequence)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE note_amendment (
    note INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    written INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (note, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE erased_note (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE VIRTUAL TABLE note_index USING fts5 (
    terms,
    text,
    content = '',
    columnsize = 0,
    tokenize = 'ascii'
);

INSERT INTO note_index (note_index, rank) VALUES ('secure-delete', 1);

INSERT INTO note_index (note_index, rank) VALUES ('pgsz', 3900);

CREATE TABLE note_indexed (
    note INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    filters TEXT NOT NULL
) STRICT;
