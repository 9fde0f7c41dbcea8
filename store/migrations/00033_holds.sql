-- The holds of accounts: when each began, as the how-manyth of its calendar year, when it ended (0: it goes on), and
-- the charge of its fee (empty if it costs nothing).

-- +goose Up
CREATE TABLE account_hold (
	party  TEXT   NOT NULL REFERENCES registrar (id),
	year   BIGINT NOT NULL,
	number BIGINT NOT NULL,
	since  BIGINT NOT NULL,
	until  BIGINT NOT NULL,
	charge TEXT   NOT NULL,
	PRIMARY KEY (party, year, number)
);
