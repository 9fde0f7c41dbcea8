-- Where the other nodes reach a node, for the traffic that one of them passes on to another; and which sandboxes there are,
-- so that a node that takes the test environment over knows what should be in its directory.

-- +goose Up
ALTER TABLE lease ADD COLUMN address TEXT NOT NULL DEFAULT ''; -- of a node: HOST:PORT, several with a space between; empty: nowhere

CREATE TABLE sandbox (
	name      TEXT PRIMARY KEY,
	registrar TEXT NOT NULL,
	made      BIGINT NOT NULL, -- real time, when it was made or last reset: files of an earlier instant are an old copy
	dropped   BIGINT NOT NULL -- real time; 0: it is there
);
