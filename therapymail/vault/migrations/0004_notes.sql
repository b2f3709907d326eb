-- Schema 4: progress notes. docs/schema.sql says what each table is for.

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
