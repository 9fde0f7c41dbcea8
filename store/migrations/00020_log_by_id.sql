-- The operator reads the log of all registrars, the newest row first. New rows stand at the end of this index,
-- so that it costs a command some microseconds; one by object would cost as much as the rest of the row and more.

-- +goose Up
CREATE INDEX log_id ON log (id);
