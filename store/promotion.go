package store

import (
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// Promotions returns the promotions that end after an instant, in order of id, with how often a registrar has used
// those whose uses are limited.
func (r *reader) Promotions(who registry.RegistrarID, endAfter time.Time) ([]registry.Promotion, error) {
	return many(r, scanPromotion, promotionsFor, micros(endAfter), who)
}

const promotionsFor = `
SELECT p.body, CAST(COALESCE((SELECT MAX(u.number) FROM promotion_use u WHERE u.promotion = p.id AND u.registrar = $2), 0) AS BIGINT)
FROM   promotion p
WHERE  p.ends = 0 OR p.ends > $1
ORDER  BY p.id`

// Promotion returns one promotion, ended or not.
func (r *reader) Promotion(id string) (registry.Promotion, bool, error) {
	return one(r, scanPromotion, promotionByID, id)
}

const promotionByID = `
SELECT body, CAST(0 AS BIGINT)
FROM   promotion
WHERE  id = $1`

// PromotionUses returns up to limit uses of a promotion after one, in order of registrar and number.
func (r *reader) PromotionUses(after registry.PromotionUse, limit int) ([]registry.PromotionUse, error) {
	return many(r, scanUse, usesAfter, after.Promotion, after.Registrar, after.Number, limit)
}

const usesAfter = `
SELECT promotion, registrar, number, at, charge
FROM   promotion_use
WHERE  promotion = $1 AND (registrar, number) > ($2, $3)
ORDER  BY registrar, number
LIMIT  $4`

func scanUse(row row) (u registry.PromotionUse, err error) {
	var at int64
	err = row.Scan(&u.Promotion, &u.Registrar, &u.Number, &at, &u.Charge)
	u.At = instant(at)
	return u, err
}

func scanPromotion(row row) (p registry.Promotion, err error) {
	var text string
	if err = row.Scan(&text, &p.Used); err == nil {
		err = unbody(text, &p, "promotion")
	}
	return p, err
}

// promotions writes promotions and what they were used for. Two uses with one number conflict: one of the commands is
// run again and sees the other's.
func (w *writer) promotions(changes registry.Changes) {
	for _, p := range changes.Promotions {
		text, err := body(p)
		if err != nil && w.err == nil {
			w.err = err
		}
		if p.Version == 1 {
			w.exec("put the promotion "+p.ID, insertPromotion, p.ID, p.Version, micros(p.Until), text)
		} else {
			w.execOne("put the promotion "+p.ID, updatePromotion, p.ID, p.Version, micros(p.Until), text)
		}
	}
	for _, u := range changes.PromotionUses {
		w.exec("use of the promotion "+u.Promotion, insertUse, u.Promotion, u.Registrar, u.Number, micros(u.At), u.Charge)
	}
}

const insertPromotion = `
INSERT INTO promotion (id, version, ends, body)
VALUES ($1, $2, $3, $4)`

const updatePromotion = `
UPDATE promotion
SET    version = $2, ends = $3, body = $4
WHERE  id = $1 AND version = $2 - 1`

const insertUse = `
INSERT INTO promotion_use (promotion, registrar, number, at, charge)
VALUES ($1, $2, $3, $4, $5)`

// A promotionMemory is what is remembered of promotions: those that end after an instant, once somebody has asked.
// How often a registrar has used them is remembered of those who asked.
type promotionMemory struct {
	known bool
	since time.Time
	list  []registry.Promotion // without uses
	used  map[registry.RegistrarID]map[string]int
}

// isLimited reports whether uses matter at all.
func (m *promotionMemory) isLimited() bool {
	for _, p := range m.list {
		if p.Uses > 0 {
			return true
		}
	}
	return false
}

// keep remembers what was read for a registrar. What it has of promotions stays if it reaches further back.
func (m *promotionMemory) keep(who registry.RegistrarID, since time.Time, list []registry.Promotion) {
	used := map[string]int{}
	bare := make([]registry.Promotion, len(list))
	for i, p := range list {
		if p.Used > 0 {
			used[p.ID] = p.Used
		}
		p.Used = 0
		bare[i] = p
	}
	if !m.known || since.Before(m.since) {
		m.known, m.since, m.list = true, since, bare
	}
	if m.used == nil {
		m.used = map[registry.RegistrarID]map[string]int{}
	}
	m.used[who] = used
}

// promotionsFor tells the promotions for a registrar. Sure is false where the database has to be asked.
func (m *memory) promotionsFor(who registry.RegistrarID, endAfter time.Time) (list []registry.Promotion, sure bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() || !m.promotions.known || endAfter.Before(m.promotions.since) {
		return nil, false
	}
	list = endingAfter(m.promotions.list, endAfter)
	if !m.promotions.isLimited() {
		return list, true
	}
	used, sure := m.promotions.used[who]
	if !sure {
		return nil, false
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Used = used[list[i].ID]
	}
	return list, true
}

// endingAfter returns the promotions of a list that end after an instant: mostly all, and the list itself.
func endingAfter(list []registry.Promotion, at time.Time) []registry.Promotion {
	ended := func(p registry.Promotion) bool { return !p.Until.IsZero() && !p.Until.After(at) }
	if !slices.ContainsFunc(list, ended) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), ended)
}

// rememberPromotions keeps the promotions that a view has read, unless something was changed since the view began, or
// all that there ever were.
func (t moment) rememberPromotions(who registry.RegistrarID, endAfter time.Time, list []registry.Promotion) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.names != nil && t.memory.changed == t.changed && !endAfter.IsZero() {
		t.memory.promotions.keep(who, endAfter, list)
	}
}

// Promotions returns the promotions that end after an instant.
func (r *recalling) Promotions(who registry.RegistrarID, endAfter time.Time) (list []registry.Promotion, err error) {
	if list, sure := r.view.known.memory.promotionsFor(who, endAfter); sure {
		return list, nil
	}
	err = r.view.aside(func(aside *reader) error {
		list, err = aside.Promotions(who, endAfter)
		return err
	})
	if err == nil {
		r.view.known.rememberPromotions(who, endAfter, list)
	}
	return list, err
}

// Promotions are those that were read first in the group for a registrar, with the uses of the commands before.
func (o *overlay) Promotions(who registry.RegistrarID, endAfter time.Time) ([]registry.Promotion, error) {
	list, _, err := remembered(o.promotions, who, func() ([]registry.Promotion, bool, error) {
		if known, sure := o.db.memory.promotionsFor(who, endAfter); sure && !o.flushed && o.db.memory.exact() {
			return known, true, nil
		}
		list, err := o.reader.Promotions(who, endAfter)
		if err == nil && !o.flushed && o.db.memory.exact() {
			o.db.memory.now().rememberPromotions(who, endAfter, list)
		}
		return list, true, err
	})
	return list, err
}

func (o *overlay) Promotion(id string) (p registry.Promotion, ok bool, err error) {
	if err := o.show(); err != nil {
		return p, false, err
	}
	return o.reader.Promotion(id)
}

func (o *overlay) PromotionUses(after registry.PromotionUse, limit int) ([]registry.PromotionUse, error) {
	return shown(o, func() ([]registry.PromotionUse, error) { return o.reader.PromotionUses(after, limit) })
}

// use counts a use of a promotion for the commands that follow. What others may be reading is not changed.
func (o *overlay) use(u registry.PromotionUse) {
	f, ok := o.promotions[u.Registrar]
	if !ok {
		return
	}
	list := make([]registry.Promotion, len(f.value))
	for i, p := range f.value {
		if p.ID == u.Promotion {
			p.Used = max(p.Used, u.Number)
		}
		list[i] = p
	}
	o.promotions[u.Registrar] = found[[]registry.Promotion]{list, true}
}

// wantedPromotions returns the read of a registrar's promotions, for commands that cost something.
func (o *overlay) wantedPromotions(keys registry.Keys) []asked {
	if !keys.Funds || keys.Registrar == "" || !claim(o.promotions, keys.Registrar) {
		return nil
	}
	return []asked{{promotionsFor, []any{micros(keys.Now), keys.Registrar}, allInto(o.promotions, keys.Registrar, scanPromotion)}}
}
