-- The users of the registrar console, their sessions, links and acts. All instants are of real time.

-- +goose Up
CREATE TABLE console_user (
	id        TEXT PRIMARY KEY,
	version   BIGINT NOT NULL,
	registrar TEXT NOT NULL,
	login     TEXT NOT NULL, -- an e-mail address in lower case
	role      TEXT NOT NULL,
	secrets   TEXT NOT NULL, -- kept out of the body
	body      TEXT NOT NULL
);
CREATE UNIQUE INDEX console_user_login ON console_user (login);
CREATE UNIQUE INDEX console_user_registrar ON console_user (registrar, login);
-- A registrar has one administrator. Manual 4.1.1.
CREATE UNIQUE INDEX console_user_administrator ON console_user (registrar) WHERE role = 'administrator';

CREATE TABLE console_session (
	id      TEXT PRIMARY KEY,
	version BIGINT NOT NULL,
	user_id TEXT NOT NULL REFERENCES console_user (id),
	hash    BYTEA NOT NULL, -- of the secret that the browser has
	seen    BIGINT NOT NULL, -- and from where
	address TEXT NOT NULL,
	ends    BIGINT NOT NULL,
	body    TEXT NOT NULL
);
CREATE INDEX console_session_user ON console_session (user_id);
CREATE INDEX console_session_ends ON console_session (ends);

CREATE TABLE user_link (
	id      TEXT PRIMARY KEY,
	user_id TEXT NOT NULL REFERENCES console_user (id),
	kind    TEXT NOT NULL,
	made    BIGINT NOT NULL,
	ends    BIGINT NOT NULL
);
CREATE INDEX user_link_user ON user_link (user_id);
CREATE INDEX user_link_ends ON user_link (ends);

CREATE TABLE user_act (
	id        BIGINT PRIMARY KEY, -- rises with time
	at        BIGINT NOT NULL,
	registrar TEXT NOT NULL,
	user_id   TEXT NOT NULL,
	body      TEXT NOT NULL
);
CREATE INDEX user_act_at ON user_act (at);
CREATE INDEX user_act_registrar ON user_act (registrar, id);
CREATE INDEX user_act_user ON user_act (user_id, id);
