-- What a name links is kept under its ROID: new rows then come at the end of every tree instead of
-- all over it, which halves what a create writes. A name that is registered again has another ROID.

-- +goose Up
CREATE TABLE domain_host_by_roid (
	domain   TEXT NOT NULL REFERENCES domain (roid),
	host     TEXT NOT NULL REFERENCES host (roid),
	position BIGINT NOT NULL,
	PRIMARY KEY (domain, host)
);
INSERT INTO domain_host_by_roid (domain, host, position)
SELECT d.roid, l.host, l.position
FROM   domain_host l JOIN domain d ON d.name = l.domain
ORDER  BY d.roid, l.host;
DROP TABLE domain_host;
ALTER TABLE domain_host_by_roid RENAME TO domain_host;
CREATE INDEX domain_host_host ON domain_host (host, domain);

CREATE TABLE domain_contact_by_roid (
	domain  TEXT NOT NULL REFERENCES domain (roid),
	role    TEXT NOT NULL, -- registrant, admin, tech, billing
	contact TEXT NOT NULL REFERENCES contact (roid),
	PRIMARY KEY (domain, role, contact)
);
INSERT INTO domain_contact_by_roid (domain, role, contact)
SELECT d.roid, l.role, l.contact
FROM   domain_contact l JOIN domain d ON d.name = l.domain
ORDER  BY d.roid, l.role, l.contact;
DROP TABLE domain_contact;
ALTER TABLE domain_contact_by_roid RENAME TO domain_contact;
CREATE INDEX domain_contact_contact ON domain_contact (contact, domain);
