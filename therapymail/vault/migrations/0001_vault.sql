-- Schema 1. docs/schema.sql says what each table is for.

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

CREATE TABLE letter_original (
    digest BLOB NOT NULL PRIMARY KEY,
    raw BLOB NOT NULL
) STRICT;

CREATE TRIGGER original_is_never_edited BEFORE UPDATE ON letter_original
BEGIN SELECT RAISE(ABORT, 'a letter is kept as it came'); END;

CREATE TABLE letter_text (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest),
    subject TEXT NOT NULL,
    language TEXT NOT NULL,
    enclosures TEXT NOT NULL,
    text TEXT NOT NULL,
    quoted TEXT NOT NULL,
    unsealed_text TEXT NOT NULL
) STRICT;

CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    client TEXT REFERENCES client (identity),
    number INTEGER,
    suffix TEXT NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    standing TEXT NOT NULL,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    written INTEGER,
    subject TEXT NOT NULL,
    words INTEGER NOT NULL,
    enclosures INTEGER NOT NULL,
    size INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    author_address TEXT NOT NULL,
    facts TEXT NOT NULL,
    notes TEXT NOT NULL,
    UNIQUE (client, number, suffix),
    CHECK ((client IS NULL) = (number IS NULL))
) STRICT;

CREATE INDEX letter_of_client ON letter (client, id);

CREATE INDEX letter_by_message_id ON letter (message_id);

CREATE INDEX letter_not_accepted ON letter (standing, id) WHERE standing <> 'accepted';

CREATE INDEX letter_not_opened ON letter (state, id) WHERE state <> 'opened';

CREATE TABLE letter_reference (
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (letter, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE letter_signature (
    signature TEXT NOT NULL,
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    PRIMARY KEY (signature, letter)
) STRICT, WITHOUT ROWID;

CREATE INDEX signature_of_letter ON letter_signature (letter);

CREATE TABLE letter_tag (
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_of_tag ON letter_tag (tag, letter);

CREATE TABLE erased_letter (
    digest BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
    identity TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    write_to TEXT NOT NULL,
    zone TEXT NOT NULL,
    status TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client_address (
    address TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client_counter (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pin (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    pinned INTEGER NOT NULL,
    verified INTEGER,
    verified_how TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    uids TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    can_encrypt INTEGER NOT NULL,
    material BLOB NOT NULL
) STRICT;

CREATE TABLE place (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;


CREATE INDEX place_of_letter ON place (digest);

CREATE TABLE bookmark (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext INTEGER NOT NULL,
    highestmodseq INTEGER,
    messages INTEGER NOT NULL,
    PRIMARY KEY (account, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE searched_address (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    address TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    PRIMARY KEY (account, folder, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE stranger (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The full-text index; therapymail/vault/index.py fills it.

-- Holds no text of its own (content=''): the words of a letter are computed again from letter_text when they
-- are to be taken out. The rowid is the letter's id. Tokens arrive folded and parted by blanks from
-- vault/words.py and vault/terms.py, so the plain ascii tokenizer hands them on as they are.
CREATE VIRTUAL TABLE letter_index USING fts5 (
    terms,  -- filters, and each distinct stem and beginning of the letter's words
    text,   -- subject and text as running words: for phrases, exact words and long beginnings
    content = '',
    columnsize = 0,
    tokenize = 'ascii'
);

-- HAZARDS H14: what is taken out is gone from the file at once, not only marked as gone.
INSERT INTO letter_index (letter_index, rank) VALUES ('secure-delete', 1);

-- A leaf has to fit into one page of 4096 bytes less the 80 that SQLCipher needs, or every read is two.
INSERT INTO letter_index (letter_index, rank) VALUES ('pgsz', 3900);

-- A batch of letters makes one segment instead of several (bytes; the default is 1 MB).
INSERT INTO letter_index (letter_index, rank) VALUES ('hashsize', 8388608);

INSERT INTO letter_index (letter_index, rank) VALUES ('automerge', 8);

-- What was put into the index for each letter, so that exactly that can be taken out again.
CREATE TABLE letter_indexed (
    letter INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    filters TEXT NOT NULL
) STRICT;

-- How many letters of each language are in the index: coverage, and which stems a search has to ask for.
CREATE TABLE index_language (
    language TEXT NOT NULL PRIMARY KEY,
    letters INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
