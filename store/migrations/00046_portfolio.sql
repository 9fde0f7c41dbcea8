-- What the console of a registrar finds names by. traits is the sum of registry.Trait that a name had when it was last
-- written; gaining is who has asked for it, while that request waits for its answer.
--
-- A create writes two more index rows for this, those of its expiry and of its creation: both rise with time, so they
-- come at the end of a registrar's part of the tree. The others have only names that have what they are about, which few
-- have when they are created: names without name servers, and signed ones.
--
-- An older program that writes beside this one leaves traits as they are: its names are found by them when they are
-- written next.

-- +goose Up
ALTER TABLE domain ADD COLUMN traits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN gaining TEXT;
UPDATE domain
SET    traits = CASE WHEN body LIKE '%"Deletion":{%' THEN 1 ELSE 0 END
              + CASE WHEN body LIKE '%"clientHold"%' OR body LIKE '%"serverHold"%' THEN 2 ELSE 0 END
              + CASE WHEN body LIKE '%Prohibited"%' THEN 4 ELSE 0 END
              + CASE WHEN body LIKE '%"Suspension":{%' THEN 8 ELSE 0 END
              + CASE WHEN body LIKE '%"Nameservers":[%' THEN 0 ELSE 16 END
              + CASE WHEN body LIKE '%"DS":[%' THEN 32 ELSE 0 END
              + CASE WHEN body LIKE '%"Transfer":{"Status":"pending"%' THEN 64 ELSE 0 END
WHERE  body LIKE '%"Deletion":{%' OR body LIKE '%"clientHold"%' OR body LIKE '%"serverHold"%' OR body LIKE '%Prohibited"%'
       OR body LIKE '%"Suspension":{%' OR body NOT LIKE '%"Nameservers":[%' OR body LIKE '%"DS":[%'
       OR body LIKE '%"Transfer":{"Status":"pending"%';

CREATE INDEX domain_expires ON domain (sponsor, expires, roid);
CREATE INDEX domain_created ON domain (sponsor, created, roid);
CREATE INDEX domain_gaining ON domain (gaining, name) WHERE gaining IS NOT NULL;
CREATE INDEX domain_deleted ON domain (sponsor, name) WHERE (traits & 1) <> 0;
CREATE INDEX domain_held ON domain (sponsor, name) WHERE (traits & 2) <> 0;
CREATE INDEX domain_locked ON domain (sponsor, name) WHERE (traits & 4) <> 0;
CREATE INDEX domain_suspended ON domain (sponsor, name) WHERE (traits & 8) <> 0;
CREATE INDEX domain_inactive ON domain (sponsor, name) WHERE (traits & 16) <> 0;
CREATE INDEX domain_signed ON domain (sponsor, name) WHERE (traits & 32) <> 0;
CREATE INDEX domain_transferring ON domain (sponsor, name) WHERE (traits & 64) <> 0;
