-- Which user of the console made a change or gave a command: the login as it was then. Empty: it came in another way.

-- +goose Up
ALTER TABLE history ADD COLUMN login TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN login TEXT NOT NULL DEFAULT '';
