-- What is served of each zone, with its signatures, so that neither a restart nor another node signs again or goes
-- backward: pages (core/zone), the differences since, and for a while when what was published of a name. Instants of
-- real time but for right_at.

-- +goose Up
CREATE TABLE zone (
	origin   TEXT   PRIMARY KEY,
	position BIGINT NOT NULL, -- how often it was published
	serial   BIGINT NOT NULL,
	made     BIGINT NOT NULL,
	right_at BIGINT NOT NULL, -- registry time as of which it is right
	base     BIGINT NOT NULL, -- the pages and the differences after this position are the zone
	basis    TEXT   NOT NULL  -- what it was made under
);

CREATE TABLE zone_page (
	origin TEXT   NOT NULL,
	number BIGINT NOT NULL,
	serial BIGINT NOT NULL,
	body   BYTEA  NOT NULL,
	PRIMARY KEY (origin, number)
);

CREATE TABLE zone_step (
	origin   TEXT   NOT NULL,
	position BIGINT NOT NULL,
	serial   BIGINT NOT NULL,
	made     BIGINT NOT NULL,
	removed  BYTEA  NOT NULL,
	added    BYTEA  NOT NULL,
	PRIMARY KEY (origin, position)
);

CREATE TABLE zone_receipt (
	name     TEXT   NOT NULL,
	origin   TEXT   NOT NULL,
	position BIGINT NOT NULL,
	serial   BIGINT NOT NULL,
	changed  BIGINT NOT NULL, -- when the change was committed, about
	made     BIGINT NOT NULL, -- when it was served
	PRIMARY KEY (name, origin, position)
);
CREATE INDEX zone_receipt_position ON zone_receipt (origin, position);
