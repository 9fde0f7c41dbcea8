-- What is on its way into many queues, and the maintenances that most of it is about.

-- +goose Up
CREATE TABLE maintenance (
	id        TEXT PRIMARY KEY,
	version   BIGINT NOT NULL,
	ends      BIGINT NOT NULL,
	cancelled BOOLEAN NOT NULL,
	body      TEXT NOT NULL
);
CREATE INDEX maintenance_ends ON maintenance (ends);

CREATE TABLE announcement (
	id       BIGINT PRIMARY KEY,
	topic    TEXT NOT NULL,
	due      BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	body     TEXT NOT NULL,
	audience TEXT NOT NULL,  -- JSON
	after    TEXT NOT NULL,  -- the last that was told, or the last name that was looked at
	step     BIGINT NOT NULL -- from 1; one more with each part
);
CREATE INDEX announcement_due ON announcement (due);
