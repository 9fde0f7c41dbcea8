-- The last group that each session with a server has committed, for when the answer to a commit is lost.

-- +goose Up
CREATE TABLE outcome (
	session TEXT PRIMARY KEY,
	number  BIGINT NOT NULL,
	at      BIGINT NOT NULL
);
