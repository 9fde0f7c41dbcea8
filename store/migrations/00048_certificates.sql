-- Client certificates that the registry itself has issued, and the password for FTPS, which has nothing to do with that
-- of EPP.

-- +goose Up
CREATE TABLE issue (
	serial      TEXT PRIMARY KEY,
	registrar   TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	issued      BIGINT NOT NULL, -- real time
	not_after   BIGINT NOT NULL,
	author      TEXT NOT NULL,
	pem         TEXT NOT NULL    -- with the certificates of the authority
);
CREATE INDEX issue_registrar ON issue (registrar, issued);

ALTER TABLE registrar ADD COLUMN files_password TEXT NOT NULL DEFAULT '';
