package flow

import (
	"example.org/dorado/core/registry"
)

// MoneyList asks for acts on the money of registrars, the latest first, for the operator.
type MoneyList struct {
	registry.MoneyFilter
	Limit int // policy.Limits.MoneyActsListed at most, and if it is 0
}

// Answer returns a []registry.MoneyAct, each as it is now.
func (q MoneyList) Answer(c *Call) (Reply, error) {
	if q.Registrar != "" {
		_, found := c.RegistrarByID(q.Registrar)
		if err := c.check(registrarExists(q.Registrar, found)); err != nil {
			return nil, err
		}
	}
	most := c.Terms.Limits.MoneyActsListed
	if 0 < q.Limit && q.Limit < most {
		most = q.Limit
	}
	list, _ := read(c, func() ([]registry.MoneyAct, bool, error) {
		list, err := c.reader.MoneyActs(q.MoneyFilter, most)
		return list, true, err
	})
	acts := []registry.MoneyAct{}
	for _, a := range list {
		if a = a.At(c.Now); !q.Pending || a.State == registry.MoneyPending {
			acts = append(acts, a)
		}
	}
	return acts, nil
}

// MoneyShow asks for one act, for the operator.
type MoneyShow struct{ ID string }

// Answer returns the registry.MoneyAct as it is now.
func (q MoneyShow) Answer(c *Call) (Reply, error) {
	a, found := c.moneyActByID(q.ID)
	if err := c.check(moneyActExists(q.ID, found)); err != nil {
		return nil, err
	}
	return a.At(c.Now), nil
}
