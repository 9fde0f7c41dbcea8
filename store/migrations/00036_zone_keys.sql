-- The keys that sign the zones.

-- +goose Up
CREATE TABLE zone_key (
	zone    TEXT NOT NULL,
	number  BIGINT NOT NULL,  -- counts the keys of a zone from 1
	version BIGINT NOT NULL,
	gone    BIGINT NOT NULL,  -- when nothing of it was left; 0 until then
	body    TEXT NOT NULL,    -- JSON; its private key is sealed
	PRIMARY KEY (zone, number)
);
