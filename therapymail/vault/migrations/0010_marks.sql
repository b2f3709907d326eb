-- Schema 10: tags on passages and exchanges, milestones, bookmarks, images that recur, and what was read when.

CREATE TABLE passage_tag (
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, first, until, sha256, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_of_tag ON passage_tag (tag, letter);

CREATE TABLE exchange_tag (
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_of_tag ON exchange_tag (tag, letter);

CREATE TABLE milestone (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    client TEXT NOT NULL REFERENCES client (identity),
    kind TEXT NOT NULL,
    said TEXT NOT NULL,
    day TEXT NOT NULL,
    marked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX milestone_of_client ON milestone (client, day);

CREATE TABLE milestone_place (
    identity TEXT NOT NULL PRIMARY KEY REFERENCES milestone (identity) ON DELETE CASCADE,
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    passage TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX milestone_of_letter ON milestone_place (letter);

CREATE TABLE letter_bookmark (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    passage TEXT NOT NULL,
    said TEXT NOT NULL,
    made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bookmark_of_letter ON letter_bookmark (letter);

CREATE TABLE image (
    identity TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    phrase TEXT NOT NULL,
    variants TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX image_of_client ON image (client);

CREATE TABLE letter_read (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter (digest) ON DELETE CASCADE,
    first_read INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE letter_reread (
    digest BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    day TEXT NOT NULL,
    moment INTEGER NOT NULL,
    PRIMARY KEY (digest, day)
) STRICT, WITHOUT ROWID;

-- Which letters are unread is told to the index piece by piece, by vault/later_filters.py.
INSERT INTO meta (name, value)
SELECT 'index_filters_behind', '-9223372036854775808' WHERE EXISTS (SELECT 1 FROM letter_indexed)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
