-- A bank's reference is claimed once over all registrars: one transfer is credited to one of them. Where two had claimed
-- one, the earlier act keeps it; both stay booked, and an operator decides which of them is reversed.

-- +goose Up
UPDATE money_act
SET    claims = ''
WHERE  claims <> '' AND EXISTS (
	SELECT 1 FROM money_act other
	WHERE  other.claims = money_act.claims AND (other.asked < money_act.asked OR other.asked = money_act.asked AND other.id < money_act.id)
);
CREATE UNIQUE INDEX money_act_reference ON money_act (claims) WHERE claims <> '';
