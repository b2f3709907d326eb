-- Schema 8: which onboarding kit a client got. docs/schema.sql says what the table is for.

CREATE TABLE invitation (
    client TEXT NOT NULL REFERENCES client (identity),
    invited INTEGER NOT NULL,
    program TEXT NOT NULL,
    language TEXT NOT NULL,
    certain INTEGER NOT NULL,
    PRIMARY KEY (client, invited)
) STRICT, WITHOUT ROWID;

-- What was sent before: the steps for any program, in English.
INSERT OR REPLACE INTO invitation (client, invited, program, language, certain)
SELECT about, time,
    coalesce(json_extract(CAST(payload AS TEXT), '$.program'), 'other'),
    coalesce(json_extract(CAST(payload AS TEXT), '$.language'), 'en'),
    json_extract(CAST(payload AS TEXT), '$.certain')
FROM journal JOIN journal_payload USING (device, sequence)
WHERE what = 'client.invited'
ORDER BY time, device, sequence;
