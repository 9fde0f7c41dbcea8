-- What a registrar asked for on a day, on all nodes together, and that it was found excessive.

-- +goose Up
CREATE TABLE usage (
	registrar      TEXT NOT NULL,
	day            BIGINT NOT NULL,
	checks         BIGINT NOT NULL,
	failed_creates BIGINT NOT NULL,
	registered     BIGINT NOT NULL,
	flagged        BIGINT NOT NULL DEFAULT 0,
	flag           TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (registrar, day)
);
