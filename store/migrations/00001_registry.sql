-- One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA only. An instant is a BIGINT
-- of microseconds since 1970 in UTC. A column is there to be searched, constrained, joined or
-- reported on; the rest of an object is its JSON body.

-- +goose Up
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE counter (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL -- the last number given
);
INSERT INTO counter (name, value) VALUES ('object', 0);

CREATE TABLE registrar (
	id       TEXT PRIMARY KEY,
	version  BIGINT NOT NULL,
	password TEXT NOT NULL, -- argon2id; kept out of the body so that no history holds it
	body     TEXT NOT NULL
);

-- Kept balances, changed only together with the entries that they are the sums of.
CREATE TABLE funds (
	party            TEXT PRIMARY KEY REFERENCES registrar (id),
	balance          BIGINT NOT NULL,
	authorised       BIGINT NOT NULL,
	credit_limit     BIGINT NOT NULL,
	emergency_credit BIGINT NOT NULL,
	credit_threshold BIGINT NOT NULL,
	minimum_balance  BIGINT NOT NULL
);

-- A name that is purged leaves this table, so the primary key is the uniqueness of living names.
CREATE TABLE domain (
	name    TEXT PRIMARY KEY,
	roid    TEXT NOT NULL UNIQUE,
	version BIGINT NOT NULL,
	zone    TEXT NOT NULL,
	sponsor TEXT NOT NULL REFERENCES registrar (id),
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	due     BIGINT NOT NULL, -- when time next changes it: lifecycle.Due
	body    TEXT NOT NULL
);
CREATE INDEX domain_due ON domain (due);
CREATE INDEX domain_sponsor ON domain (sponsor, name);

CREATE TABLE host (
	name          TEXT PRIMARY KEY,
	roid          TEXT NOT NULL UNIQUE,
	version       BIGINT NOT NULL,
	sponsor       TEXT NOT NULL REFERENCES registrar (id),
	superordinate TEXT REFERENCES domain (roid), -- NULL for a host outside our zones
	body          TEXT NOT NULL
);
CREATE INDEX host_superordinate ON host (superordinate) WHERE superordinate IS NOT NULL;
CREATE INDEX host_sponsor ON host (sponsor, name);

CREATE TABLE host_address (
	address TEXT NOT NULL,
	host    TEXT NOT NULL REFERENCES host (roid),
	PRIMARY KEY (address, host)
);
CREATE INDEX host_address_host ON host_address (host);

CREATE TABLE contact (
	id_key  TEXT PRIMARY KEY, -- the id in lower case
	id      TEXT NOT NULL,
	roid    TEXT NOT NULL UNIQUE,
	version BIGINT NOT NULL,
	sponsor TEXT NOT NULL REFERENCES registrar (id),
	body    TEXT NOT NULL
);
CREATE INDEX contact_sponsor ON contact (sponsor, id_key);

-- Links. Hosts are linked by ROID, so that a renamed host takes its delegations along.
CREATE TABLE domain_host (
	domain   TEXT NOT NULL REFERENCES domain (name),
	host     TEXT NOT NULL REFERENCES host (roid),
	position BIGINT NOT NULL,
	PRIMARY KEY (domain, host)
);
CREATE INDEX domain_host_host ON domain_host (host, domain);

CREATE TABLE domain_contact (
	domain  TEXT NOT NULL REFERENCES domain (name),
	role    TEXT NOT NULL, -- registrant, admin, tech, billing
	contact TEXT NOT NULL REFERENCES contact (roid),
	PRIMARY KEY (domain, role, contact)
);
CREATE INDEX domain_contact_contact ON domain_contact (contact, domain);

-- Money. An entry is never changed or removed; a charge changes once, from open to its end.
CREATE TABLE charge (
	id         TEXT PRIMARY KEY,
	party      TEXT NOT NULL REFERENCES registrar (id),
	object     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	type       TEXT NOT NULL,
	amount     BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	posts_at   BIGINT NOT NULL,
	grace_days BIGINT NOT NULL,
	authorises BOOLEAN NOT NULL,
	state      TEXT NOT NULL,
	ended      BIGINT NOT NULL -- 0 while open
);
CREATE INDEX charge_due ON charge (posts_at) WHERE state = 'open';
CREATE INDEX charge_due_party ON charge (party, posts_at) WHERE state = 'open';
CREATE INDEX charge_party ON charge (party, ended);
CREATE INDEX charge_object ON charge (object);

CREATE TABLE entry (
	entry_key TEXT PRIMARY KEY,
	party     TEXT NOT NULL REFERENCES registrar (id),
	at        BIGINT NOT NULL,
	debit     TEXT NOT NULL,
	credit    TEXT NOT NULL,
	amount    BIGINT NOT NULL,
	charge    TEXT NOT NULL, -- empty for a deposit
	text      TEXT NOT NULL
);
CREATE INDEX entry_party ON entry (party, at);

-- What must be published again. A version is never used twice.
CREATE TABLE mark (
	kind    TEXT NOT NULL, -- domain, host
	name    TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (kind, name)
);
CREATE INDEX mark_version ON mark (version);

-- Outboxes.
CREATE TABLE poll (
	id        BIGINT PRIMARY KEY,
	registrar TEXT NOT NULL REFERENCES registrar (id),
	at        BIGINT NOT NULL,
	kind      TEXT NOT NULL,
	body      TEXT NOT NULL
);
CREATE INDEX poll_registrar ON poll (registrar, id);

CREATE TABLE mail (
	id        BIGINT PRIMARY KEY,
	registrar TEXT NOT NULL,
	recipient TEXT NOT NULL,
	at        BIGINT NOT NULL,
	template  TEXT NOT NULL,
	body      TEXT NOT NULL
);

-- The transaction log of manual 9.8.
CREATE TABLE log (
	id        BIGINT PRIMARY KEY,
	at        BIGINT NOT NULL,
	registrar TEXT NOT NULL,
	command   TEXT NOT NULL,
	object    TEXT NOT NULL,
	object_id TEXT NOT NULL,
	code      TEXT NOT NULL,
	message   TEXT NOT NULL,
	cltrid    TEXT NOT NULL,
	svtrid    TEXT NOT NULL
);
CREATE INDEX log_registrar ON log (registrar, at);
CREATE INDEX log_object ON log (object_id, at);

-- Every version of every object, with who made it; registrar is empty where time or the operator
-- did.
CREATE TABLE history (
	roid      TEXT NOT NULL,
	version   BIGINT NOT NULL,
	kind      TEXT NOT NULL, -- registrar, domain, host, contact
	name      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	registrar TEXT NOT NULL,
	command   TEXT NOT NULL,
	cltrid    TEXT NOT NULL,
	svtrid    TEXT NOT NULL,
	gone      BOOLEAN NOT NULL,
	body      TEXT NOT NULL,
	PRIMARY KEY (kind, roid, version)
);
CREATE INDEX history_name ON history (kind, name, at);
