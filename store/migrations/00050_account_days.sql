-- How much of each kind a registrar had on a day (UTC, its beginning): names that came or went, charges that were posted.
-- What was there before this table is counted at the first start, once. A price list is searched by price, and the
-- open charges of one registrar are found among all without their rows.

-- +goose Up
CREATE TABLE account_day (
	party  TEXT   NOT NULL,
	day    BIGINT NOT NULL,
	kind   TEXT   NOT NULL,
	count  BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	PRIMARY KEY (party, day, kind)
);
CREATE INDEX price_entry_price ON price_entry (list, creates, tier, name);
CREATE INDEX charge_open ON charge (posts_at, party) WHERE state = 'open';
DROP INDEX charge_due;
