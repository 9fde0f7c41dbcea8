-- Days of the ledger that are closed: for each registrar with entries a link of its chain, and for each day a signed
-- head over all of them. A day is its beginning, in UTC. docs/ledger.md says what the hashes are made of. Entries stay
-- as they are: what is sealed is found by registrar and day, and what was written down later stands by itself.

-- +goose Up
CREATE TABLE seal (
	party      TEXT   NOT NULL REFERENCES registrar (id),
	day        BIGINT NOT NULL,
	previous   BYTEA  NOT NULL,
	first      BIGINT NOT NULL, -- the number of its first entry
	count      BIGINT NOT NULL,
	late       BIGINT NOT NULL, -- of these, those of earlier days
	digest     BYTEA  NOT NULL,
	balance    BIGINT NOT NULL,
	authorised BIGINT NOT NULL,
	prints     BYTEA  NOT NULL, -- the first 16 bytes of each entry's hash, in order
	PRIMARY KEY (party, day)
);

CREATE TABLE sealed_day (
	day       BIGINT PRIMARY KEY,
	leaves    BIGINT NOT NULL,
	root      BYTEA  NOT NULL,
	previous  BYTEA  NOT NULL,
	key_id    TEXT   NOT NULL,
	key       BYTEA  NOT NULL, -- the public one
	signature BYTEA  NOT NULL,
	made      BIGINT NOT NULL -- real time
);

-- Entries that were written down when their day was sealed, and the day with which they are: 0 until then.
CREATE TABLE late_entry (
	entry_key TEXT PRIMARY KEY,
	party     TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	sealed    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX late_entry_party ON late_entry (party, at);
CREATE INDEX late_entry_waits ON late_entry (party) WHERE sealed = 0;
