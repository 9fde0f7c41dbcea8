-- The last login of each registrar, and what was tried since.

-- +goose Up
CREATE TABLE login (
	registrar TEXT PRIMARY KEY,
	at        BIGINT NOT NULL DEFAULT 0,
	address   TEXT NOT NULL DEFAULT '',
	agent     TEXT NOT NULL DEFAULT '',
	failures  BIGINT NOT NULL DEFAULT 0,
	failed_at BIGINT NOT NULL DEFAULT 0
);
