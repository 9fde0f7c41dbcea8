-- Marks that are set aside while something holds them, so that they do not stand in the way of others. Of each zone: why
-- that is so, how many names an operator lets leave it and from when on, and which serial an operator wants next.

-- +goose Up
CREATE TABLE mark_aside (
	kind    TEXT   NOT NULL,
	name    TEXT   NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (kind, name)
);

ALTER TABLE zone ADD COLUMN hold TEXT NOT NULL DEFAULT ''; -- JSON; empty while nothing is held
ALTER TABLE zone ADD COLUMN released_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE zone ADD COLUMN released_names BIGINT NOT NULL DEFAULT 0;
ALTER TABLE zone ADD COLUMN jump BIGINT NOT NULL DEFAULT -1; -- -1 while none is wanted
ALTER TABLE zone ADD COLUMN whole BIGINT NOT NULL DEFAULT -1; -- who has this serial or an older one gets the zone whole
