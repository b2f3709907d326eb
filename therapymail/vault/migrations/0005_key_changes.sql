-- Schema 5: key changes, keys that are not used any more, and which part of a key is sealed to.
-- docs/schema.sql says what each table is for.

CREATE TABLE key_change (
    client TEXT NOT NULL REFERENCES client (identity),
    fingerprint TEXT NOT NULL,
    pinned TEXT NOT NULL,
    sign TEXT NOT NULL,
    named TEXT NOT NULL,
    letter BLOB,
    found INTEGER NOT NULL,
    resolved INTEGER,
    resolution TEXT,
    why TEXT NOT NULL,
    PRIMARY KEY (client, fingerprint),
    CHECK ((resolved IS NULL) = (resolution IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate_part (
    certificate TEXT NOT NULL REFERENCES certificate (fingerprint) ON DELETE CASCADE,
    part TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    PRIMARY KEY (certificate, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE pin_part (
    fingerprint TEXT NOT NULL PRIMARY KEY REFERENCES pin (fingerprint) ON DELETE CASCADE,
    part TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pin_retired (
    fingerprint TEXT NOT NULL PRIMARY KEY REFERENCES pin (fingerprint) ON DELETE CASCADE,
    retired INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE autocrypt_offer (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    mutual INTEGER NOT NULL,
    sealed INTEGER NOT NULL
) STRICT;
