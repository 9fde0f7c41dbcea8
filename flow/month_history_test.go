package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A pastime is a random history: months of commands by two registrars from a seed, the same in every world.
type pastime struct {
	w    *world.World
	r    *rand.Rand
	made []registered
}

// A registered name, and by whom.
type registered struct {
	name string
	who  registry.RegistrarID
}

const (
	pastimeFrom  = "2026-10-25T00:00:00Z"
	pastimeSteps = 120
)

func newPastime(t *testing.T, seed uint64) *pastime {
	w := world.New(t, pastimeFrom)
	graceLimit(w, policy.AddGraceLimit{Names: 1, Percent: 10})
	w.Service.Profile.Versions[0].Terms.MinimumNewNames = policy.MinimumNewNames{Year: 40, Month: 8, Fee: 500_00}
	p := &pastime{w: w, r: rand.New(rand.NewPCG(seed, 0))}
	p.register(world.Acme)
	return p
}

func (p *pastime) register(who registry.RegistrarID) {
	name := fmt.Sprintf("shop%d.%s", len(p.made), []string{"co", "com.co"}[p.r.IntN(2)])
	p.w.Domain(who, name)
	p.made = append(p.made, registered{name, who})
}

// step does something, and lets time go on. What a command is refused it is refused in every world.
func (p *pastime) step(n int) {
	who := []registry.RegistrarID{world.Acme, world.Other}[p.r.IntN(2)]
	young := p.made[max(0, len(p.made)-1-p.r.IntN(3))]
	old := p.made[p.r.IntN(len(p.made))]
	years := 1 + p.r.IntN(3)
	switch p.r.IntN(8) {
	case 0, 1, 2:
		p.register(who)
	case 3, 4:
		p.w.Run(young.who, flow.DomainDelete{Name: world.Name(young.name)})
	case 5:
		if reply, err := p.w.Ask(old.who, flow.DomainInfo{Name: world.Name(old.name)}); err == nil {
			expires := reply.(flow.DomainDetails).Expires
			p.w.Run(old.who, flow.DomainRenew{Name: world.Name(old.name), CurrentExpiry: expires, Years: years})
		}
	case 6:
		p.w.Run(young.who, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name(young.name), Empty: true}})
	default:
		p.w.Do("", flow.Deposit{Author: "ana", Registrar: who, Amount: ledger.Money(years * 1000), Reference: fmt.Sprintf("R-%d", n)})
	}
	p.w.Pass(time.Duration(1+p.r.IntN(36)) * time.Hour)
}

// books are what is kept of closed months.
func (p *pastime) books() string {
	return p.w.Rows("SELECT month, body FROM billing_month ORDER BY month") + p.w.Rows("SELECT * FROM invoice ORDER BY number") +
		p.w.Rows("SELECT * FROM month_balance ORDER BY month, party") + p.w.Rows("SELECT * FROM fee_proposal ORDER BY year, party") +
		p.w.Rows("SELECT subject, type, amount, at, ended, party FROM charge WHERE state = 'posted' ORDER BY subject, type, at, ended, amount")
}

// end lets everything come due of the half year after the last step.
func (p *pastime) end(t *testing.T) string {
	p.w.At("2027-10-02T00:00:00Z")
	closeMonths(t, p.w)
	done := wantBooks(t, p.w)
	p.w.CheckInvariants()
	books := p.books()
	if done.Charges < 30 || !strings.Contains(books, string(ledger.AddGraceLimit)) || !strings.Contains(books, "proposed") {
		t.Errorf("too little has happened: %+v", done)
	}
	return books
}

// Invoices are the same whether the engine runs all the time, stands still until all is over, or is cut off by faults
// in the middle of its work again and again; and they are everything that was posted.
func TestInvoicesOfAnyHistory(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			late := newPastime(t, seed)
			for n := range pastimeSteps {
				late.step(n)
			}
			want := late.end(t)

			busy := newPastime(t, seed)
			for n := range pastimeSteps {
				busy.step(n)
				closeMonths(t, busy.w)
			}
			if got := busy.end(t); got != want {
				t.Errorf("with an engine that runs the books are\n%s\nand without one\n%s", got, want)
			}

			cut := newPastime(t, seed)
			for n := range pastimeSteps {
				cut.step(n)
				if n%20 == 19 {
					cut.closeCutOff(t)
				}
			}
			if got := cut.end(t); got != want {
				t.Errorf("with an engine that is cut off the books are\n%s\nand without one\n%s", got, want)
			}
		})
	}
}

// closeCutOff closes months while the database fails after ever more operations, until it is through.
func (p *pastime) closeCutOff(t *testing.T) {
	t.Helper()
	p.w.Settle()
	for n := 0; ; n += 7 {
		p.w.Fault.After(n)
		_, err := closer(p.w).Close(t.Context())
		p.w.Fault.Disarm()
		switch {
		case err == nil:
			return
		case errors.Is(err, flow.ErrBooks):
			t.Fatal(err)
		}
	}
}

// Two nodes that both take themselves for the engine close a month once.
func TestTwoClosers(t *testing.T) {
	w := world.New(t, pastimeFrom)
	graceLimit(w, policy.AddGraceLimit{Names: 1})
	for i := range 5 {
		name := fmt.Sprintf("shop%d.co", i)
		w.Domain(world.Acme, name)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name(name)})
	}
	w.At("2026-12-02T00:00:00Z")
	w.Settle()
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := closer(w).Close(context.WithoutCancel(t.Context()))
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	closeMonths(t, w)
	if done := wantBooks(t, w); done.Months != 2 || done.Charges != 4 || done.Invoices != 1 {
		t.Errorf("checked are %+v", done)
	}
	w.CheckInvariants()
}
