-- Price lists that are swapped whole, promotions and how often they were used, a price of its own for transfers, and
-- of a charge why it is as high as it is. The view offer stays as it was for older programs.

-- +goose Up
ALTER TABLE price  ADD COLUMN transfers BIGINT NOT NULL DEFAULT 0;
ALTER TABLE charge ADD COLUMN price_of  TEXT NOT NULL DEFAULT ''; -- empty: the standard price

CREATE TABLE price_list (
	id      BIGINT PRIMARY KEY,
	version BIGINT NOT NULL,
	state   TEXT NOT NULL, -- staged, effective, dropped
	starts  BIGINT NOT NULL,
	turn    BIGINT NOT NULL, -- 1 for the first that was made effective; 0 before
	touched BIGINT NOT NULL,
	body    TEXT NOT NULL
);
-- No two lists begin at once, and none is made effective beside another that it does not know of.
CREATE UNIQUE INDEX price_list_starts ON price_list (starts) WHERE state = 'effective';
CREATE UNIQUE INDEX price_list_turn ON price_list (turn) WHERE turn > 0;

-- What a list has is never changed, only removed with the list.
CREATE TABLE price_entry (
	list      BIGINT NOT NULL REFERENCES price_list (id),
	name      TEXT NOT NULL,
	tier      BIGINT NOT NULL, -- 0: prices of its own
	creates   BIGINT NOT NULL,
	renews    BIGINT NOT NULL,
	transfers BIGINT NOT NULL,
	restores  BIGINT NOT NULL,
	PRIMARY KEY (list, name)
);
CREATE INDEX price_entry_name ON price_entry (name);

CREATE TABLE promotion (
	id      TEXT PRIMARY KEY,
	version BIGINT NOT NULL,
	ends    BIGINT NOT NULL, -- 0: no end
	body    TEXT NOT NULL
);

CREATE TABLE promotion_use (
	promotion TEXT NOT NULL REFERENCES promotion (id),
	registrar TEXT NOT NULL REFERENCES registrar (id),
	number    BIGINT NOT NULL, -- 1 is the first
	at        BIGINT NOT NULL,
	charge    TEXT NOT NULL,
	PRIMARY KEY (promotion, registrar, number)
);
CREATE INDEX promotion_use_registrar ON promotion_use (registrar);

-- What is settled about names, as in offer: a price ends when the next list begins, and of a list only those are
-- there that are effective. List is 0 for what was settled about a name alone.
CREATE VIEW settlement (name, what, list, starts, ends, reason, code, tier, creates, renews, transfers, restores) AS
SELECT p.name, 'price', CAST(0 AS BIGINT), p.starts,
       COALESCE((SELECT MIN(n.starts) FROM price_list n WHERE n.state = 'effective' AND n.starts > p.starts), 0),
       '', CAST(NULL AS BYTEA), p.tier, p.creates, p.renews, p.transfers, p.restores
FROM   price p
UNION ALL
SELECT e.name, 'price', e.list, l.starts,
       COALESCE((SELECT MIN(n.starts) FROM price_list n WHERE n.state = 'effective' AND n.starts > l.starts), 0),
       '', CAST(NULL AS BYTEA), e.tier, e.creates, e.renews, e.transfers, e.restores
FROM   price_entry e
JOIN   price_list l ON l.id = e.list
WHERE  l.state = 'effective'
UNION ALL
SELECT name, kind, CAST(0 AS BIGINT), starts, ends, reason, CAST(NULL AS BYTEA), 0, 0, 0, 0, 0
FROM   listing
UNION ALL
SELECT name, 'allocation', CAST(0 AS BIGINT), made, used, '', code, 0, 0, 0, 0, 0
FROM   allocation;
