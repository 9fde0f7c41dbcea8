-- When time next changes a contact, and when one goes that no name links any more; 0: never. A host that went
-- with the name above it at an instant stays, under no name of a host, until no name links it; 0: it is there.

-- +goose Up
ALTER TABLE contact ADD COLUMN due      BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN purge_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX contact_due ON contact (due) WHERE due > 0;
ALTER TABLE host ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
CREATE INDEX host_gone ON host (roid) WHERE gone > 0;
