-- A closed month and its invoices, each as it was printed; the balances at its end; and the fees that the operator
-- decides about. A charge that was credited is found without those that were posted, a deposit without charges.

-- +goose Up
CREATE TABLE billing_month (
	month  TEXT PRIMARY KEY, -- such as 2026-10
	until  BIGINT NOT NULL,  -- the first instant after it: no charge ends before any more
	closed BIGINT NOT NULL,
	body   TEXT NOT NULL
);
CREATE TABLE invoice (
	series TEXT NOT NULL,
	number BIGINT NOT NULL,
	month  TEXT NOT NULL REFERENCES billing_month (month),
	party  TEXT NOT NULL REFERENCES registrar (id),
	total  BIGINT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (series, number)
);
CREATE UNIQUE INDEX invoice_month ON invoice (month, party);
CREATE INDEX invoice_party ON invoice (party, month);
CREATE TABLE month_balance (
	month   TEXT NOT NULL REFERENCES billing_month (month),
	party   TEXT NOT NULL REFERENCES registrar (id),
	balance BIGINT NOT NULL,
	PRIMARY KEY (month, party)
);
CREATE TABLE fee_proposal (
	year  BIGINT NOT NULL,
	party TEXT NOT NULL REFERENCES registrar (id),
	state TEXT NOT NULL, -- proposed, confirmed, waived
	body  TEXT NOT NULL,
	PRIMARY KEY (year, party)
);
CREATE INDEX charge_released ON charge (party, ended) WHERE state = 'released';
CREATE INDEX entry_deposit ON entry (party, at) WHERE charge = '';
