-- The schema of vault.db, as a person reads it. The migrations in therapymail/vault/migrations/ make it; a
-- test (tests/vault/test_schema.py) fails when this page and a real vault differ.
--
-- Each table is one of four things, and says which:
--   original       what came from outside and cannot be derived: kept until it is erased
--   journal        every private change as an append-only, hash-chained entry (therapymail/domain/journal.py)
--   projection     derived from journal and originals; `rebuild` empties and derives exactly these
--   working state  what this machine needs to go on: no record of the therapy; `rebuild` leaves it alone
--
-- Times are whole microseconds since 1970 in UTC. A digest is the SHA-256 that names a letter on every
-- device and in every folder. JSON is canonical: sorted keys, no blanks, ASCII.

-- ===== journal =======================================================================================

-- journal: one chain a device. `previous` is the hash of the device's entry before, so that a change, a
-- removal or a new order anywhere shows. `time` never goes back within a vault: what an entry builds on
-- always sorts before it, whatever the clock did. `about` is a digest or an identity in hex, or empty.
CREATE TABLE journal (
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    payload_hash BLOB NOT NULL,
    previous BLOB NOT NULL,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

-- The order in which entries of all devices are merged.
CREATE INDEX journal_by_time ON journal (time, device, sequence);

-- journal: what an entry says. Erasing removes this row, and with its nonce the only way to guess the
-- payload from its hash; a `journal.erased` entry stands for it and the chain still verifies.
CREATE TABLE journal_payload (
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (device, sequence),
    FOREIGN KEY (device, sequence) REFERENCES journal (device, sequence)
) STRICT, WITHOUT ROWID;

-- journal: the last entry of each device's chain, so that a chain cut short shows.
CREATE TABLE journal_head (
    device BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_is_never_edited BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER payload_is_never_edited BEFORE UPDATE ON journal_payload
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- ===== letters =======================================================================================

-- original: the mail exactly as it was fetched. Wide: lists never touch it.
CREATE TABLE letter_original (
    digest BLOB NOT NULL PRIMARY KEY,
    raw BLOB NOT NULL
) STRICT;

CREATE TRIGGER original_is_never_edited BEFORE UPDATE ON letter_original
BEGIN SELECT RAISE(ABORT, 'a letter is kept as it came'); END;

-- original: what a person reads of an opened letter. Each letter is opened once in its life, so this is
-- kept as it was read, though the own key could derive it again. Wide, apart from lists.
-- `enclosures` is a JSON list of [name, media type, bytes], and where it is so: 1 for one outside the seal, and the facts
-- of a signature of its own; `language` is ISO 639-1 or empty. `arrangement` is in which order own and quoted words stand,
-- a JSON list of lengths in characters [own, quoted, own, ...]; empty where nothing is quoted, or the order is not known.
CREATE TABLE letter_text (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest),
    subject TEXT NOT NULL,
    language TEXT NOT NULL,
    enclosures TEXT NOT NULL,
    text TEXT NOT NULL,
    quoted TEXT NOT NULL,
    unsealed_text TEXT NOT NULL,
    arrangement TEXT NOT NULL DEFAULT ''
) STRICT;

-- projection: one narrow row a letter, for lists. `id` is its place in time: the second it was received
-- times a million, plus its digest modulo a million; local, and the row id of the full-text index too.
-- `client` and `number` are NULL together, for a letter that is set aside. `facts` and `notes` are JSON.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    client TEXT REFERENCES client (identity),
    number INTEGER,
    suffix TEXT NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    standing TEXT NOT NULL,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    written INTEGER,
    subject TEXT NOT NULL,
    words INTEGER NOT NULL,
    enclosures INTEGER NOT NULL,
    size INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    author_address TEXT NOT NULL,
    facts TEXT NOT NULL,
    notes TEXT NOT NULL,
    UNIQUE (client, number, suffix),
    CHECK ((client IS NULL) = (number IS NULL))
) STRICT;

CREATE INDEX letter_of_client ON letter (client, id);

CREATE INDEX letter_by_message_id ON letter (message_id);

-- Few letters wait for a decision or could not be opened: these stay small at any size.
CREATE INDEX letter_not_accepted ON letter (standing, id) WHERE standing <> 'accepted';

CREATE INDEX letter_not_opened ON letter (state, id) WHERE state <> 'opened';

-- projection: the Message-IDs a letter says it answers, as it says them, in their order.
CREATE TABLE letter_reference (
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (letter, position)
) STRICT, WITHOUT ROWID;

-- projection: the identities of a letter's signatures (gpg's SIG_ID), so that one sent again in another seal is noticed.
CREATE TABLE letter_signature (
    signature TEXT NOT NULL,
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    PRIMARY KEY (signature, letter)
) STRICT, WITHOUT ROWID;

CREATE INDEX signature_of_letter ON letter_signature (letter);

-- projection: the therapist's tags on letters, spelt as domain/tags.py says.
CREATE TABLE letter_tag (
    letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_of_tag ON letter_tag (tag, letter);

-- projection: how a letter of ours was sent: when the mail host took it, the proof that was held over its exact
-- bytes before (JSON: digest, payload_digest, sealed_to, checks), and how the therapist released it (F16), with the answers
-- of the second reading (JSON).
-- `settled`: the mail host's answer never came, and it was found out later that it had the letter.
CREATE TABLE letter_sent (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter (digest) ON DELETE CASCADE,
    sent INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    proof TEXT NOT NULL,
    released INTEGER NOT NULL,
    released_how TEXT NOT NULL,
    released_why TEXT NOT NULL,
    released_answers TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- projection: digests of letters the therapist erased: the same mail, met again, is not filed again.
CREATE TABLE erased_letter (
    digest BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- ===== clients and keys ==============================================================================

-- projection: the clients. The only place, with the journal behind it, that holds who they are.
CREATE TABLE client (
    identity TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    write_to TEXT NOT NULL,
    zone TEXT NOT NULL,
    status TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: the addresses a client writes from, canonical; one address is one client's.
CREATE TABLE client_address (
    address TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: the last number given to a letter of a client; a number is never given twice.
CREATE TABLE client_counter (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: whose signature is whose. The latest `pinned` is the key letters are sealed to.
-- `verified` is when another channel confirmed it, NULL until then; `verified_how` says which.
CREATE TABLE pin (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    pinned INTEGER NOT NULL,
    verified INTEGER,
    verified_how TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: public keys, minimal. In the vault and not in gnupg/, where names would lie in clear.
CREATE TABLE certificate (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    uids TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    can_encrypt INTEGER NOT NULL,
    material BLOB NOT NULL
) STRICT;

-- projection: the parts of a key that can be sealed to, as gpg found them when this copy was taken; none for a key that
-- an older version took. `expires` is NULL for one without end.
CREATE TABLE certificate_part (
    certificate TEXT NOT NULL REFERENCES certificate (fingerprint) ON DELETE CASCADE,
    part TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    PRIMARY KEY (certificate, part)
) STRICT, WITHOUT ROWID;

-- projection: which part of a pinned key letters are sealed to, where the therapist chose one.
CREATE TABLE pin_part (
    fingerprint TEXT NOT NULL PRIMARY KEY REFERENCES pin (fingerprint) ON DELETE CASCADE,
    part TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: pinned keys that are not used any more: of letters received from `retired` on their signature says nothing.
CREATE TABLE pin_retired (
    fingerprint TEXT NOT NULL PRIMARY KEY REFERENCES pin (fingerprint) ON DELETE CASCADE,
    retired INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: other keys of clients who have one pinned: what spoke for each (`sign`), first when and in which letter, and
-- what was decided. `fingerprint` is the id that a signature gives where the key itself is not at hand; `named` is that
-- id once it is. `pinned` is the key that was sealed to then.
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

-- projection: the onboarding kits a client got: when, for which mail program, in which language (ISO 639-1); `certain` is 0
-- where the mail host's last answer never came.
CREATE TABLE invitation (
    client TEXT NOT NULL REFERENCES client (identity),
    invited INTEGER NOT NULL,
    program TEXT NOT NULL,
    language TEXT NOT NULL,
    certain INTEGER NOT NULL,
    PRIMARY KEY (client, invited)
) STRICT, WITHOUT ROWID;

-- ===== agreements and exchanges ======================================================================

-- projection: the versions of each client's agreement (domain/agreement.py). `starts` is from when it holds, `made` when
-- it was entered, `withdrawn` when it was taken back before it held. `terms` is JSON (domain/agreement_terms.py).
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

-- projection: from when on the work with a client stood how, and how it ended; nothing said: active. The last of them is
-- the client's `status`.
CREATE TABLE client_status (
    client TEXT NOT NULL REFERENCES client (identity),
    since INTEGER NOT NULL,
    status TEXT NOT NULL,
    ending TEXT,
    PRIMARY KEY (client, since)
) STRICT, WITHOUT ROWID;

-- projection: what the therapist said of exchanges by hand, and did not take back: the letter begins one (`split`), or
-- belongs to the one before (`join`). Of one letter the last that was said holds. `entry` names the journal's entry.
CREATE TABLE exchange_correction (
    made INTEGER NOT NULL,
    entry TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES client (identity),
    digest BLOB NOT NULL,
    correction TEXT NOT NULL,
    PRIMARY KEY (made, entry, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX correction_of_client ON exchange_correction (client);

-- projection: copies of a letter of ours that bear another Message-ID, or came at quite another time: the same
-- ciphertext was sent again, first when `received` says (of copies with one Message-ID).
CREATE TABLE letter_sent_again (
    digest BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (digest, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sent_again_by_message_id ON letter_sent_again (message_id);

-- projection: where the exchanges with a client end (domain/course.py): how many there are, how many of the agreed ones
-- are used, the first agreed day that has no letter yet, and the days before it that had none (JSON).
CREATE TABLE course (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    exchanges INTEGER NOT NULL,
    used INTEGER NOT NULL,
    next_day TEXT,
    missed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: exchanges (domain/exchange.py says what each field is). Nothing here depends on what time it is. Of a
-- client in `stale_course` this, `course`, `exchange_letter` and `bounce` are of an earlier state of the record.
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

-- Few exchanges wait for a response: this stays small at any size.
CREATE INDEX exchange_waiting ON exchange (client, number) WHERE answered IS NULL;

-- projection: the mails of each exchange, in order; `number` is NULL for one that came after closing. `role` is letter,
-- response or after-closing.
CREATE TABLE exchange_letter (
    digest BLOB NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    number INTEGER,
    position INTEGER NOT NULL,
    role TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_of_exchange ON exchange_letter (client, number);

-- projection: delivery reports with the mail of ours that failed, NULL where they name none we know. `settled`: something
-- went between the client and us after it.
CREATE TABLE bounce (
    digest BLOB NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    failed BLOB,
    received INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bounce_of_client ON bounce (client);

-- working state: clients whose exchanges are to be found again, because what they are made of has changed.
CREATE TABLE stale_course (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- ===== the full-text index ===========================================================================

-- projection: what makes opened letters searchable; the row id is the letter's id, so that the newest come
-- without sorting. It holds no text of its own (content=''): the words of a letter are computed again from
-- letter_text when they are to be taken out. Tokens arrive folded and parted by blanks from vault/words.py and
-- vault/terms.py, so the plain ascii tokenizer hands them on as they are.
CREATE VIRTUAL TABLE letter_index USING fts5 (
    terms,  -- filters, and each distinct stem and beginning of the letter's words
    text,   -- subject and text as running words: for phrases, exact words and long beginnings
    content = '',
    columnsize = 0,
    tokenize = 'ascii'
);

-- HAZARDS H14: what is taken out is gone from the file at once, not only marked as gone.
INSERT INTO letter_index (letter_index, rank) VALUES ('secure-delete', 1);

-- A leaf has to fit into one page of 4096 bytes less the 80 that SQLCipher needs, or every read is two.
INSERT INTO letter_index (letter_index, rank) VALUES ('pgsz', 3900);

-- A batch of letters makes one segment instead of several (bytes; the default is 1 MB).
INSERT INTO letter_index (letter_index, rank) VALUES ('hashsize', 8388608);

INSERT INTO letter_index (letter_index, rank) VALUES ('automerge', 8);

-- projection: what was put into the index for each letter, so that exactly that can be taken out again.
CREATE TABLE letter_indexed (
    letter INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    filters TEXT NOT NULL
) STRICT;

-- projection: how many letters of each language are in the index: coverage, and which stems a search asks for.
CREATE TABLE index_language (
    language TEXT NOT NULL PRIMARY KEY,
    letters INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: letters of the index that stand side by side in time, by row id, as blocks of at most 3,840. `parts` are
-- the first row ids of its rows in index_block_part, each 8 bytes, the lowest first; `followed` where letters that are
-- in no block may stand above its last and below the next.
CREATE TABLE index_block (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    parts BLOB NOT NULL,
    followed INTEGER NOT NULL
) STRICT;

-- projection: the row ids of the letters of a block, at most 480 in a row, 8 bytes each, the lowest first.
CREATE TABLE index_block_part (
    first INTEGER PRIMARY KEY,
    ids BLOB NOT NULL
) STRICT;

-- projection: for each term of the index that is common in a block (its first row id) a bit for each letter, the oldest
-- one's the lowest of the first byte, without the zeros at the end.
CREATE TABLE index_bits (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- projection: searches that the therapist saved under a name, as typed.
CREATE TABLE saved_search (
    name TEXT NOT NULL PRIMARY KEY,
    query TEXT NOT NULL,
    saved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ===== marks: what the therapist says of places in the record ========================================

-- projection: tags on passages: from `first` up to and without `until`, in characters of the letter's own text, and the
-- SHA-256 of what stands there (domain/passage.py finds it again in a text that was derived anew).
CREATE TABLE passage_tag (
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    until INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, first, until, sha256, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX passage_of_tag ON passage_tag (tag, letter);

-- projection: tags on exchanges, kept by a letter of each: they belong to whatever exchange that letter is in now.
CREATE TABLE exchange_tag (
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (letter, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX exchange_of_tag ON exchange_tag (tag, letter);

-- projection: milestones, M-3 being number 3 (where two devices gave it, the later is M-3b). `kind` is one of
-- domain/milestone.py, `said` in the therapist's words, `day` the client's day (ISO 8601).
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

-- projection: the letter that a milestone is about, and the passage of it (JSON as domain/passage.py has it, or empty).
CREATE TABLE milestone_place (
    identity TEXT NOT NULL PRIMARY KEY REFERENCES milestone (identity) ON DELETE CASCADE,
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    passage TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX milestone_of_letter ON milestone_place (letter);

-- projection: bookmarks in the letterbook, B-2 being number 2, as of milestones: at a letter, or at a passage of it (JSON,
-- else empty); `said` is why, or empty.
CREATE TABLE letter_bookmark (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    letter BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    passage TEXT NOT NULL,
    said TEXT NOT NULL,
    made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bookmark_of_letter ON letter_bookmark (letter);

-- projection: images that recur in what a client writes: a phrase, and others that stand for it (a JSON list).
CREATE TABLE image (
    identity TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (identity),
    phrase TEXT NOT NULL,
    variants TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX image_of_client ON image (client);

-- projection: letters that the therapist opened here, and when first.
CREATE TABLE letter_read (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter (digest) ON DELETE CASCADE,
    first_read INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: old letters that were read again: once for each of the therapist's days (ISO 8601), and when first on it.
CREATE TABLE letter_reread (
    digest BLOB NOT NULL REFERENCES letter (digest) ON DELETE CASCADE,
    day TEXT NOT NULL,
    moment INTEGER NOT NULL,
    PRIMARY KEY (digest, day)
) STRICT, WITHOUT ROWID;

-- ===== walls: keeping, erasing, backups, and who takes over ==========================================

-- projection: how long a client's record is kept, as agreed (F32, domain/retention.py): so many `months` after the end of the
-- work, and the rule for `minors`. `born`, `ended` and `until` are days (ISO 8601): `ended` where the work ended on another
-- day than the record says, `until` where a day was agreed instead of a rule. `said` is in the therapist's words.
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

-- projection: clients whose record must not be erased: since when, and why.
CREATE TABLE legal_hold (
    client TEXT NOT NULL PRIMARY KEY REFERENCES client (identity),
    since INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: clients that were erased: when, because the agreed time had come (`retention`) or for a `reason`, how many
-- letters. `certificate` is JSON: counts of what went, times, the backups made before; nothing of whom (docs/retention.md).
CREATE TABLE erasure (
    identity TEXT NOT NULL PRIMARY KEY,
    moment INTEGER NOT NULL,
    reason_kind TEXT NOT NULL,
    letters INTEGER NOT NULL,
    certificate TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: backups that were written: the SHA-256 and size of the file, what it holds, and to which fingerprints it is
-- sealed (a JSON list). It names no client: a backup may hold whoever was on the record when it was made.
CREATE TABLE backup_made (
    moment INTEGER NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    sealed_to TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: backups that were read again whole, by the SHA-256 of the file, and what came of it.
CREATE TABLE backup_checked (
    moment INTEGER NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    outcome TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: recovery kits that were made: of which key, and when the paper was last shown to bring it back.
CREATE TABLE recovery_kit (
    moment INTEGER NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    tested INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- projection: clinical executors: who takes over if the therapist cannot work, how they are reached, their key, and what
-- they are asked to do.
CREATE TABLE executor (
    identity TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    certificate BLOB NOT NULL,
    instructions TEXT NOT NULL,
    moment INTEGER NOT NULL
) STRICT;

-- projection: packs that were sealed to an executor (identity): the SHA-256 of the file, how many clients are in it, whether
-- it holds the vault's key (1; 2: one that opens it no more), the SHA-256 (hex) of the words that stand in it, and when it
-- was last shown to open with their key alone.
CREATE TABLE executor_pack (
    moment INTEGER NOT NULL PRIMARY KEY,
    executor TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    clients INTEGER NOT NULL,
    with_vault_key INTEGER NOT NULL,
    words TEXT NOT NULL,
    drilled INTEGER
) STRICT, WITHOUT ROWID;

-- projection: the therapist's earlier own keys (fingerprints): what they signed is one's own, of letters received before
-- `until` (NULL: whenever). `since` is when that was noted.
CREATE TABLE own_key_past (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT, WITHOUT ROWID;

-- ===== progress notes ===============================================================================

-- projection: notes. In the record they are progress notes (N-12), in the store of process notes those (P-12); number and
-- suffix as of letters. `id` is the place in time of `written`. `client` is an identity, `format` a template's name.
-- `locks` is when it can only be amended, fixed when it was written; NULL: never. What it is about: `letter` and
-- `exchange` (the letter that opened it) are digests, `passage` JSON (domain/passage.py) or empty.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    suffix TEXT NOT NULL,
    client TEXT NOT NULL,
    format TEXT NOT NULL,
    written INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    locks INTEGER,
    letter BLOB,
    passage TEXT NOT NULL,
    exchange BLOB,
    words INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (number, suffix)
) STRICT;

CREATE INDEX note_of_client ON note (client, id);

CREATE INDEX note_of_letter ON note (letter) WHERE letter IS NOT NULL;

-- projection: dated additions to a note, in the order they were made.
CREATE TABLE note_amendment (
    note INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    written INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (note, position)
) STRICT, WITHOUT ROWID;

-- projection: notes that were erased: their numbers are not given again.
CREATE TABLE erased_note (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- working state: what is being written of notes, saved at each step: a new note, a change of one, an amendment
-- (`purpose`). `begun_with` is the template's text, whose unused lines are dropped when it is kept.
CREATE TABLE note_draft (
    identity TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    suffix TEXT NOT NULL,
    client TEXT NOT NULL,
    format TEXT NOT NULL,
    purpose TEXT NOT NULL,
    begun_with TEXT NOT NULL,
    text TEXT NOT NULL,
    letter BLOB,
    passage TEXT NOT NULL,
    exchange BLOB,
    begun INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

-- projection: what makes notes searchable, in the same shape as the index of letters; the row id is the note's.
CREATE VIRTUAL TABLE note_index USING fts5 (
    terms,
    text,
    content = '',
    columnsize = 0,
    tokenize = 'ascii'
);

-- HAZARDS H14, and the size of a page, as for letters.
INSERT INTO note_index (note_index, rank) VALUES ('secure-delete', 1);

INSERT INTO note_index (note_index, rank) VALUES ('pgsz', 3900);

-- projection: what was put into the index for each note, so that exactly that can be taken out again.
CREATE TABLE note_indexed (
    note INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    filters TEXT NOT NULL
) STRICT;

-- ===== drafts and the outbox =========================================================================

-- working state: what is being written, D-3 being number 3; a number is never given again. The journal knows a
-- draft by its `identity`, and only from its release on. `answers` is the digest of the letter it replies to, which
-- may be gone. `revision` counts the saves of subject and text. Once it is sent, this row stays without text, for
-- the outbox. A rebuild empties `client` and fills it again, so that reference is looked at when it is done.
CREATE TABLE draft (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    identity TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL REFERENCES client (identity) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    answers BLOB,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

CREATE INDEX draft_of_client ON draft (client);

-- working state: what a draft says. Wide, apart from lists; gone when it is sent or discarded.
CREATE TABLE draft_text (
    draft INTEGER PRIMARY KEY REFERENCES draft (number) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- working state: the files that go with a draft, in the order of `id`. `notes` is a JSON list of codes.
CREATE TABLE draft_enclosure (
    id INTEGER PRIMARY KEY,
    draft INTEGER NOT NULL REFERENCES draft (number) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    notes TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE INDEX enclosure_of_draft ON draft_enclosure (draft);

-- working state: words of a draft that the therapist has looked at: they name nobody, though another client bears them.
CREATE TABLE draft_word (
    draft INTEGER NOT NULL REFERENCES draft (number) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (draft, word)
) STRICT, WITHOUT ROWID;

-- working state: drafts on their way out, and those that were sent (domain/outbox.py says the states and moves).
-- `turn` is drawn anew with each move: a move is made only on the row as it was read. `leaves_at`: from when on it
-- may leave, or its hold ends. `address` and `fingerprint`: to whom it was released. `released`: when, NULL while it
-- is held. `tries_from`: the earliest time of the next attempt. `obstacle` and `hindrances` (JSON): why it has not
-- left. `message_id`: made at the first attempt and kept. `letter`: its digest on the record, once it was sent.
-- `released_answers` (JSON): the answers of its second reading.
CREATE TABLE outbox (
    draft INTEGER PRIMARY KEY REFERENCES draft (number),
    state TEXT NOT NULL,
    turn INTEGER NOT NULL,
    leaves_at INTEGER NOT NULL,
    hold_ends INTEGER,
    address TEXT,
    fingerprint TEXT,
    released INTEGER,
    released_how TEXT NOT NULL,
    released_why TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tries_from INTEGER,
    obstacle TEXT,
    hindrances TEXT NOT NULL,
    message_id TEXT NOT NULL,
    changed INTEGER NOT NULL,
    sent INTEGER,
    letter BLOB,
    released_answers TEXT NOT NULL DEFAULT '{}',
    CHECK ((address IS NULL) = (fingerprint IS NULL)),
    CHECK ((state = 'sent') = (letter IS NOT NULL) AND (state = 'sent') = (sent IS NOT NULL))
) STRICT;

-- The outbox holds few letters that are not sent yet: this stays small at any size.
CREATE INDEX outbox_not_sent ON outbox (state) WHERE state <> 'sent';

CREATE INDEX outbox_of_letter ON outbox (letter) WHERE letter IS NOT NULL;

-- working state: the exact sealed bytes of the attempt under way and their proof; gone when the letter is sent
-- (then it is on the record) or surely is not with the mail host (then it is sealed anew).
CREATE TABLE outbox_sealed (
    draft INTEGER PRIMARY KEY REFERENCES outbox (draft) ON DELETE CASCADE,
    proof TEXT NOT NULL,
    raw BLOB NOT NULL
) STRICT;

-- working state: the copies of sent letters in the folder Sent. `kept_by` says who put it there (`us`, `server`),
-- NULL while none is known. `tries` and `tried`: APPENDs that were begun, and when the last was.
CREATE TABLE sent_copy (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest),
    message_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    tried INTEGER,
    kept_by TEXT
) STRICT;

CREATE INDEX sent_copy_pending ON sent_copy (since) WHERE kept_by IS NULL;

-- ===== keys found in letters ==========================================================================

-- working state: public keys that came with a client's letters, inspected and minimal, in no keyring and pinned to
-- nobody: candidates, until the therapist pins one. At most a few for each client (vault/key_candidates.py).
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

-- working state: the letters that a candidate came with, and how; `signs`: the letter's signature names this key.
-- A candidate goes with the last of its letters that is erased.
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

-- working state: which key a client's letter gave in its own Autocrypt header, a pinned one too; `mutual`: with the wish
-- for sealed answers; `sealed`: inside the seal. What the client's program sends is derived from these
-- (domain/autocrypt_peer.py). Goes with its letter.
CREATE TABLE autocrypt_offer (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES letter_original (digest) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    mutual INTEGER NOT NULL,
    sealed INTEGER NOT NULL
) STRICT;

-- ===== working state =================================================================================

-- working state: where copies of letters lie on the mail host (RFC 9051).
CREATE TABLE place (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX place_of_letter ON place (digest);

-- working state: how far each folder has been read.
CREATE TABLE bookmark (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext INTEGER NOT NULL,
    highestmodseq INTEGER,
    messages INTEGER NOT NULL,
    PRIMARY KEY (account, folder)
) STRICT, WITHOUT ROWID;

-- working state: client addresses whose older mail in a folder has been looked for.
CREATE TABLE searched_address (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    address TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    PRIMARY KEY (account, folder, address)
) STRICT, WITHOUT ROWID;

-- working state: sealed or signed mail from nobody we know: counted for `today`, left on the host.
CREATE TABLE stranger (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- working state: account passwords and tokens, where no command gives them.
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- working state: what this vault is: `device` (hex, this device's chain), `made` (when),
-- `index_made_by`, `note_index_made_by` (the version of words and stems that filled the index),
-- `index_blocks_behind` (an older version filled it, and its letters are not all in blocks yet),
-- `server_files_sent` (1: the mail host
-- puts what it sends into Sent by itself), `erasing`, `erasing_rewrite` (an erasure that is not finished),
-- `restored_unread`, `restored_drafts`, `restored_made` (of a vault that comes from a backup: the mailbox was not read
-- since, the last draft in it, when it was made).
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
