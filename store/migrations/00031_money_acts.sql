-- What operators do to the money of registrars, with who agreed to it. A bank's reference is claimed by the act that
-- waits for a second person or was done, until it is reversed. Emergency credit ends at an instant; 0: it does not.

-- +goose Up
CREATE TABLE money_act (
	id        TEXT PRIMARY KEY,
	registrar TEXT   NOT NULL REFERENCES registrar (id),
	number    BIGINT NOT NULL,
	version   BIGINT NOT NULL,
	state     TEXT   NOT NULL, -- pending, done, rejected, lapsed
	entry     TEXT   NOT NULL, -- the key of its entry; empty if it has none
	claims    TEXT   NOT NULL, -- the bank's reference that nobody else may record; empty if none
	asked     BIGINT NOT NULL,
	body      TEXT   NOT NULL
);
CREATE UNIQUE INDEX money_act_number ON money_act (registrar, number);
CREATE UNIQUE INDEX money_act_claims ON money_act (registrar, claims) WHERE claims <> '';
CREATE UNIQUE INDEX money_act_entry ON money_act (entry) WHERE entry <> '';
CREATE INDEX money_act_pending ON money_act (asked, id) WHERE state = 'pending';
CREATE INDEX money_act_asked ON money_act (asked, id);
ALTER TABLE funds ADD COLUMN emergency_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX funds_emergency ON funds (emergency_until) WHERE emergency_until > 0;
