-- Schema 6: agreements, exchanges, and where the work with a client stands. docs/schema.sql says what each table is for.

CREATE TABLE agreement (
    identity TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    version INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    made INTEGER NOT NULL,
    withdrawn INTEGER,
    terms TEXT NOT NULL,
    UNIQUE (client, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_status (
    client TEXT NOT NULL REFERENCES client (identity),
    since INTEGER NOT NULL,
    status TEXT NOT NULL,
    ending TEXT,
    PRIMARY KEY (client, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange_correction (
    made INTEGER NOT NULL,
    entry TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES client (identity),
    digest BLOB NOT NULL,
    correction TEXT NOT NULL,
    PRIMARY KEY (made, entry, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX correction_of_client ON exchange_correction (client);

CREATE TABLE letter_sent_again (
    digest BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (digest, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sent_again_by_message_id ON letter_sent_again (message_id);

CREATE TABLE course (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    exchanges INTEGER NOT NULL,
    used INTEGER NOT NULL,
    next_day TEXT,
    missed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange (
    client TEXT NOT NULL REFERENCES client (identity),
    number INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    answered INTEGER,
    due INTEGER,
    words INTEGER NOT NULL,
    agreement INTEGER,
    block INTEGER,
    place INTEGER,
    block_of INTEGER,
    counts INTEGER NOT NULL,
    over_length INTEGER NOT NULL,
    is_review INTEGER NOT NULL,
    expected TEXT,
    client_due INTEGER,
    client_days_late INTEGER NOT NULL,
    PRIMARY KEY (client, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX exchange_waiting ON exchange (client, number) WHERE answered IS NULL;

CREATE TABLE exchange_letter (
    digest BLOB NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    number INTEGER,
    position INTEGER NOT NULL,
    role TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_of_exchange ON exchange_letter (client, number);

CREATE TABLE bounce (
    digest BLOB NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    failed BLOB,
    received INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bounce_of_client ON bounce (client);

CREATE TABLE stale_course (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- What was said of statuses so far; every exchange is found at the next opportunity.
INSERT INTO client_status (client, since, status, ending)
    SELECT about, time, json_extract(CAST(payload AS TEXT), '$.status'), NULL
    FROM journal JOIN journal_payload USING (device, sequence)
    WHERE what = 'client.edited' AND json_extract(CAST(payload AS TEXT), '$.status') IS NOT NULL;

INSERT INTO stale_course (client) SELECT identity FROM client;
