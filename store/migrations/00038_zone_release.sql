-- Until when, in real time, an operator lets any number of names leave a zone: 0 if no such instant was ever set.

-- +goose Up
ALTER TABLE zone ADD COLUMN released BIGINT NOT NULL DEFAULT 0;
