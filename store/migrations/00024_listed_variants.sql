-- A listed name blocks its variants, as a registered one does. It has the key that they share (core/idn, Key),
-- and none if it has no variants.

-- +goose Up
ALTER TABLE listing ADD COLUMN variant TEXT;
CREATE INDEX listing_variant ON listing (variant) WHERE variant IS NOT NULL;
