-- Tables whose shape the specification already fixes and whose flows come later: the lists and
-- codes of decisions 1.4 and 1.5, prices by name of 5.3, and the leases and sessions that several
-- nodes share.

-- +goose Up
CREATE TABLE listing (
	name   TEXT NOT NULL,
	kind   TEXT NOT NULL, -- banned, blocked, reserved
	reason TEXT NOT NULL,
	starts BIGINT NOT NULL,
	ends   BIGINT NOT NULL, -- 0: no end
	PRIMARY KEY (name, kind, starts)
);

CREATE TABLE allocation (
	name   TEXT PRIMARY KEY,
	code   BYTEA NOT NULL, -- keyed hash
	made   BIGINT NOT NULL,
	used   BIGINT NOT NULL -- 0: unused
);

CREATE TABLE price (
	name     TEXT NOT NULL,
	starts   BIGINT NOT NULL,
	tier     BIGINT NOT NULL, -- 0: prices of its own
	creates  BIGINT NOT NULL,
	renews   BIGINT NOT NULL,
	restores BIGINT NOT NULL,
	PRIMARY KEY (name, starts)
);

CREATE TABLE lease (
	name   TEXT PRIMARY KEY,
	holder TEXT NOT NULL,
	fence  BIGINT NOT NULL,
	until  BIGINT NOT NULL
);

CREATE TABLE session (
	id        TEXT PRIMARY KEY,
	node      TEXT NOT NULL REFERENCES lease (name),
	registrar TEXT NOT NULL REFERENCES registrar (id),
	began     BIGINT NOT NULL
);
CREATE INDEX session_registrar ON session (registrar);
