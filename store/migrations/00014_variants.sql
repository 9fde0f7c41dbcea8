-- Names that are variants of each other share a key (core/idn, Key), and a name without variants has none.
-- One name of a key can be registered: it has the rank 0. Names that were registered before there were keys
-- may share one; they stay, each with a rank of its own.

-- +goose Up
ALTER TABLE domain ADD COLUMN variant TEXT;
ALTER TABLE domain ADD COLUMN variant_rank BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX domain_variant ON domain (variant, variant_rank) WHERE variant IS NOT NULL;
