-- Who may look up what is closed to the public, and who has.

-- +goose Up
CREATE TABLE access_token (
	id      TEXT PRIMARY KEY,
	version BIGINT NOT NULL,
	issued  BIGINT NOT NULL,
	ends    BIGINT NOT NULL, -- by itself, or when it was revoked
	hash    BYTEA NOT NULL,  -- of the secret; kept out of the body so that no listing has it
	body    TEXT NOT NULL
);
CREATE INDEX access_token_ends ON access_token (ends);

CREATE TABLE access (
	id   BIGINT PRIMARY KEY, -- rises with time
	at   BIGINT NOT NULL,
	who  TEXT NOT NULL,
	body TEXT NOT NULL
);
CREATE INDEX access_at ON access (at);
CREATE INDEX access_who ON access (who, id);
