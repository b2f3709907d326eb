-- Schema 3: keys found in letters. docs/schema.sql says what each table is for.

CREATE TABLE key_candidate (
    id INTEGER PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity) DEFERRABLE INITIALLY DEFERRED,
    fingerprint TEXT NOT NULL,
    uids TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    can_encrypt INTEGER NOT NULL,
    problems TEXT NOT NULL,
    material BLOB NOT NULL,
    UNIQUE (client, fingerprint)
) STRICT;

CREATE TABLE key_found (
    candidate INTEGER NOT NULL REFERENCES key_candidate (id) ON DELETE CASCADE,
    digest BLOB NOT NULL REFERENCES letter_original (digest) ON DELETE CASCADE,
    source TEXT NOT NULL,
    signs INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (candidate, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_found_in_letter ON key_found (digest);

CREATE TRIGGER candidate_goes_with_its_letters AFTER DELETE ON key_found
WHEN NOT EXISTS (SELECT 1 FROM key_found WHERE candidate = OLD.candidate)
BEGIN DELETE FROM key_candidate WHERE id = OLD.candidate; END;
