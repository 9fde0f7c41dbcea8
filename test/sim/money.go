package sim

type registrar struct {
	balance         int // as posted
	credit, minimum int
	short           bool // below it
	holds           int  // that began in the year of lastHold
	lastHold        int64
	held, suspended bool
	deletes         bool // its names at expiry
}

// A charge is what a registrar owes from an instant on, unless it is undone before. Decisions 5.1.
type charge struct {
	who            string
	cents          int
	posts          int64
	atOnce         bool // lowers what is available before it posts
	undone, posted bool
}

func (m *model) owe(who string, cents int, posts int64, atOnce bool) *charge {
	c := &charge{who: who, cents: cents, posts: posts, atOnce: atOnce}
	m.charges = append(m.charges, c)
	if posts <= m.now {
		m.post(c)
	}
	return c
}

// nextToPost returns the charge that posts first, before an instant.
func (m *model) nextToPost(before int64) *charge {
	var first *charge
	for _, c := range m.charges {
		if !c.undone && !c.posted && c.posts < before {
			first, before = c, c.posts
		}
	}
	return first
}

func (m *model) post(c *charge) {
	c.posted = true
	m.pay(c.who, -c.cents)
}

// reinstatement is the fee of every hold of a calendar year but the first. Decisions 5.5.
const reinstatement = 1000_00

// pay moves a balance, and says what that does to the account.
func (m *model) pay(who string, cents int) {
	r := m.registrars[who]
	r.balance += cents
	switch below := r.balance < r.minimum; {
	case below && !r.short:
		if year(r.lastHold) != year(m.now) {
			r.holds = 0
		}
		r.short, r.lastHold = true, m.now
		if r.holds++; r.holds > 1 {
			r.balance -= reinstatement
		}
		m.tell(who, "account-hold", "account")
	case !below:
		r.short = false
	}
}

// available is what a registrar may spend. Decisions 5.2.
func (m *model) available(who string) int {
	a := m.registrars[who].balance + m.registrars[who].credit
	for _, c := range m.charges {
		if c.who == who && !c.undone && !c.posted && c.atOnce {
			a -= c.cents
		}
	}
	return a
}
