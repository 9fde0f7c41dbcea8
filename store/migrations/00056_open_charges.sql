-- The open charges of one registrar stand together, in the order in which they post: before, those of a registrar with few
-- were looked for among those of all. What is due of all registrars needs no more than its instant.

-- +goose Up
CREATE INDEX charge_open_of ON charge (party, posts_at, id) WHERE state = 'open';
CREATE INDEX charge_due ON charge (posts_at) WHERE state = 'open';
DROP INDEX charge_open;
