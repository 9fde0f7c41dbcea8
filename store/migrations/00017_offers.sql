-- What the registry has settled about a name, registered or not, in one shape: its prices, the lists that
-- have it, and its allocation code. They are read together and rarely there.

-- +goose Up
CREATE VIEW offer (name, what, starts, ends, reason, code, tier, creates, renews, restores) AS
SELECT name, 'price', starts, 0, '', CAST(NULL AS BYTEA), tier, creates, renews, restores
FROM   price
UNION ALL
SELECT name, kind, starts, ends, reason, CAST(NULL AS BYTEA), 0, 0, 0, 0
FROM   listing
UNION ALL
SELECT name, 'allocation', made, used, '', code, 0, 0, 0, 0
FROM   allocation;
