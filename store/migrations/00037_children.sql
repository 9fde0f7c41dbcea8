-- The child zones of delegated names: what came of asking them for the DS that they want, and when they are asked
-- again. All instants are of real time. There are rows only while the DS of a zone follow its children.

-- +goose Up
CREATE TABLE child (
	name     TEXT PRIMARY KEY,
	roid     TEXT   NOT NULL,
	zone     TEXT   NOT NULL,
	due      BIGINT NOT NULL,
	notified BIGINT NOT NULL, -- 0: nobody ever said that there is something to see
	began    BIGINT NOT NULL, -- of the last scan; 0: there was none
	since    BIGINT NOT NULL, -- of the result
	result   TEXT   NOT NULL, -- empty before the first scan
	body     TEXT   NOT NULL
);
CREATE INDEX child_due ON child (zone, due);
CREATE INDEX child_roid ON child (roid);
