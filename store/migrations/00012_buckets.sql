-- How much of a limit that holds on all nodes together is used. core/policy, Rate.

-- +goose Up
CREATE TABLE bucket (
	name TEXT PRIMARY KEY,
	at   BIGINT NOT NULL
);
