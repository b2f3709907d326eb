-- Schema 9: saved searches, and filters of the index that earlier versions did not fill.

CREATE TABLE saved_search (
    name TEXT NOT NULL PRIMARY KEY,
    query TEXT NOT NULL,
    saved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The words of cues, lengths and exchanges are told to the index piece by piece, by vault/later_filters.py.
INSERT INTO meta (name, value)
SELECT 'index_filters_behind', '-9223372036854775808' WHERE EXISTS (SELECT 1 FROM letter_indexed);
