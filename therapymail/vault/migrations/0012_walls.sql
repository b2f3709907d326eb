-- Schema 12: how long a record is kept and when it was erased; backups, recovery kits, clinical executors and their packs.

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
