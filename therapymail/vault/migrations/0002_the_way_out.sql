-- Schema 2: the way out. docs/schema.sql says what each table is for.

CREATE TABLE draft (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    identity TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL REFERENCES client (identity) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    answers BLOB,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

CREATE INDEX draft_of_client ON draft (client);

CREATE TABLE draft_text (
    draft INTEGER PRIMARY KEY REFERENCES draft (number) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE draft_enclosure (
    id INTEGER PRIMARY KEY,
    draft INTEGER NOT NULL REFERENCES draft (number) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    notes TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE INDEX enclosure_of_draft ON draft_enclosure (draft);

CREATE TABLE outbox (
    draft INTEGER PRIMARY KEY REFERENCES draft (number),
    state TEXT NOT NULL,
    turn INTEGER NOT NULL,
    leaves_at INTEGER NOT NULL,
    hold_ends INTEGER,
    address TEXT,
    fingerprint TEXT,
    released INTEGER,
    released_how TEXT NOT NULL,
    released_why TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tries_from INTEGER,
    obstacle TEXT,
    hindrances TEXT NOT NULL,
    message_id TEXT NOT NULL,
    changed INTEGER NOT NULL,
    sent INTEGER,
    letter BLOB,
    CHECK ((address IS NULL) = (fingerprint IS NULL)),
    CHECK ((state = 'sent') = (letter IS NOT NULL) AND (state = 'sent') = (sent IS NOT NULL))
) STRICT;

CREATE INDEX outbox_not_sent ON outbox (state) WHERE state <> 'sent';

CREATE INDEX outbox_of_letter ON outbox (letter) WHERE letter IS NOT NULL;

CREATE TABLE outbox_sealed (
    draft INTEGER PRIMARY KEY REFERENCES outbox (draft) ON DELETE CASCADE,
    proof TEXT NOT NULL,
    raw BLOB NOT NULL
) STRICT;

CREATE TABLE sent_copy (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest),
    message_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    tried INTEGER,
    kept_by TEXT
) STRICT;

CREATE INDEX sent_copy_pending ON sent_copy (since) WHERE kept_by IS NULL;

CREATE TABLE letter_sent (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter (digest) ON DELETE CASCADE,
    sent INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    proof TEXT NOT NULL,
    released INTEGER NOT NULL,
    released_how TEXT NOT NULL,
    released_why TEXT NOT NULL
) STRICT;
