-- Schema 7: words of a draft that were looked at, and the answers of a second reading. docs/schema.sql says what is for.

CREATE TABLE draft_word (
    draft INTEGER NOT NULL REFERENCES draft (number) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (draft, word)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN released_answers TEXT NOT NULL DEFAULT '{}';

ALTER TABLE letter_sent ADD COLUMN released_answers TEXT NOT NULL DEFAULT '{}';
