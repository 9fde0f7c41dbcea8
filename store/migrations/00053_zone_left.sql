-- What the publisher would forget over a restart: which names left a zone lately, so that as many more may not; how many
-- left by a release; and, beside marks that are set aside, the records that the zone keeps of their names, so that it
-- still has them when it is made anew.

-- +goose Up
CREATE TABLE zone_left (
	origin TEXT   NOT NULL,
	name   TEXT   NOT NULL,
	gone   BIGINT NOT NULL, -- when it left, in real time
	PRIMARY KEY (origin, name)
);
CREATE INDEX zone_left_gone ON zone_left (origin, gone);

ALTER TABLE zone ADD COLUMN released_gone BIGINT NOT NULL DEFAULT 0; -- names that left by the release
ALTER TABLE mark_aside ADD COLUMN records BYTEA; -- in wire format; NULL where the zone keeps none
