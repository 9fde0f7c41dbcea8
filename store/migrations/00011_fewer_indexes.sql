-- An index that a create pays for and no statement needs is dropped, or holds only what it is asked for.

-- +goose Up

-- The history of a name that is registered is found by its ROID; of one that is not, by the row with
-- which each registration ended.
DROP INDEX history_name;
CREATE INDEX history_gone ON history (kind, name) WHERE gone;

-- A charge's id begins with the ROID of its object. Open charges are found by when they post, ended
-- ones by the party's month.
DROP INDEX charge_object;
DROP INDEX charge_due_party;
DROP INDEX charge_party;
CREATE INDEX charge_ended ON charge (party, ended) WHERE state <> 'open';

-- The log is read a registrar and a time at a time; ids rise with time. What happened to an object is
-- in its history.
CREATE TABLE log_by_registrar (
	id        BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	registrar TEXT NOT NULL,
	command   TEXT NOT NULL,
	object    TEXT NOT NULL,
	object_id TEXT NOT NULL,
	code      TEXT NOT NULL,
	message   TEXT NOT NULL,
	cltrid    TEXT NOT NULL,
	svtrid    TEXT NOT NULL,
	PRIMARY KEY (registrar, id)
);
INSERT INTO log_by_registrar (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid)
SELECT id, at, registrar, command, object, object_id, code, message, cltrid, svtrid
FROM   log
ORDER  BY id;
DROP TABLE log;
ALTER TABLE log_by_registrar RENAME TO log;
