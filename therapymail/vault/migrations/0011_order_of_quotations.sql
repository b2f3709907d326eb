-- Schema 11: in which order a letter's own and quoted words stand. Of letters that are here already it is not known:
-- telling it would take opening each of them again.

ALTER TABLE letter_text ADD COLUMN arrangement TEXT NOT NULL DEFAULT '';
