-- A registrar looks for what was done to one object, and for what was refused with one code. Successful creates are in
-- neither index: they are most rows, and are found by the history of the object, which has the instant and the
-- transaction of each. With ten million rows an index of all objects costs a create more than the rest of its row:
-- its entries go anywhere in the tree.

-- +goose Up
CREATE INDEX log_object ON log (registrar, LOWER(object_id), id) WHERE command <> 'create' OR code <> 'completed';
CREATE INDEX log_refused ON log (registrar, code, id) WHERE code <> 'completed' AND code <> 'completedPending';
