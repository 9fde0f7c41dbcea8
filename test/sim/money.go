package sim

// A charge is what a registrar owes from an instant on, unless it is undone before. Decisions 5.1.
type charge struct {
	who    string
	cents  int
	posts  int64
	atOnce bool // lowers what is available before it posts
	undone bool
}

func (m *model) owe(who string, cents int, posts int64, atOnce bool) *charge {
	c := &charge{who: who, cents: cents, posts: posts, atOnce: atOnce}
	m.charges = append(m.charges, c)
	return c
}

// balance and available are what a registrar has and may spend. Decisions 5.1, 5.2.
func (m *model) balance(who string) int {
	b := m.registrars[who].balance
	for _, c := range m.charges {
		if c.who == who && !c.undone && c.posts <= m.now {
			b -= c.cents
		}
	}
	return b
}

func (m *model) available(who string) int {
	a := m.balance(who)
	for _, c := range m.charges {
		if c.who == who && !c.undone && c.posts > m.now && c.atOnce {
			a -= c.cents
		}
	}
	return a
}
