-- The history of a name, host or contact whose ROID nobody knows any more is found by its name: the lives that
-- are over in the order of their ends, and of hosts, which can be renamed, all that was ever called so.

-- +goose Up
DROP INDEX history_gone;
CREATE INDEX history_ended ON history (kind, LOWER(name), at) WHERE gone;
CREATE INDEX history_host ON history (name, at, roid) WHERE kind = 'host';
