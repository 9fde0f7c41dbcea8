-- Registrars list and search their own contacts by name, company and e-mail address. The keys are what
-- registry.ContactOrder makes; empty where a contact has none, and in rows that an older program has written, which the
-- next start of this one fills in. Hosts and ids need no more than host_sponsor and contact_sponsor.
--
-- Each index is of rows that have the key, so that a contact without a company pays for two. Nothing of this is touched
-- by a create of a name. Contacts created each second by 32 clients on two busy cores, the
-- medians of three runs without the three indexes, with the first alone, and with all, each contact having all keys:
-- SQLite 5,800, 5,400, 5,000; PostgreSQL 5,800, 4,200, 3,800.

-- +goose Up
ALTER TABLE contact ADD COLUMN name_key  TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN org_key   TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN email_key TEXT NOT NULL DEFAULT '';
CREATE INDEX contact_name ON contact (sponsor, name_key, id_key) WHERE name_key <> '';
CREATE INDEX contact_org ON contact (sponsor, org_key, id_key) WHERE org_key <> '';
CREATE INDEX contact_email ON contact (sponsor, email_key, id_key) WHERE email_key <> '';
-- Only of rows that wait for their keys: it is empty but after an older program.
CREATE INDEX contact_unkeyed ON contact (id_key) WHERE email_key = '';
