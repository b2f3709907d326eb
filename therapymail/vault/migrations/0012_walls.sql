-- Schema 12: how long a record is kept and when it was erased; backups, recovery kits, clinical executors and their packs;
-- which letters have the common terms of the index.

CREATE TABLE retention (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    months INTEGER NOT NULL,
    minors TEXT NOT NULL,
    born TEXT,
    ended TEXT,
    until TEXT,
    said TEXT NOT NULL,
    agreed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE legal_hold (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    since INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure (
    identity TEXT NOT NULL PRIMARY KEY,
    moment INTEGER NOT NULL,
    reason_kind TEXT NOT NULL,
    letters INTEGER NOT NULL,
    certificate TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_made (
    moment INTEGER NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    sealed_to TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_checked (
    moment INTEGER NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    outcome TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_kit (
    moment INTEGER NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    tested INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE executor (
    identity TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    certificate BLOB NOT NULL,
    instructions TEXT NOT NULL,
    moment INTEGER NOT NULL
) STRICT;

CREATE TABLE executor_pack (
    moment INTEGER NOT NULL PRIMARY KEY,
    executor TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    clients INTEGER NOT NULL,
    with_vault_key INTEGER NOT NULL,
    words TEXT NOT NULL,
    drilled INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE own_key_past (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT, WITHOUT ROWID;

-- Nothing is in them until letters are put into blocks, piece by piece, by vault/block_filling.py. Where there are many,
-- the next search does it.
INSERT INTO meta (name, value)
SELECT 'index_blocks_behind', '' WHERE EXISTS (SELECT 1 FROM letter_indexed LIMIT 1 OFFSET 30720);
CREATE TABLE index_block (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    parts BLOB NOT NULL,
    followed INTEGER NOT NULL
) STRICT;
CREATE TABLE index_block_part (
    first INTEGER PRIMARY KEY,
    ids BLOB NOT NULL
) STRICT;
CREATE TABLE index_bits (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;
