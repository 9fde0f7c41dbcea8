package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
)

// A BareStore is a registry without EPP, in this process, on a database of its own that is as durable
// as the real one. Its creates are what the store and the flow can do at most.
type BareStore struct {
	db      *store.DB
	service *flow.Service
	plan    StorePlan
	run     benchRun
	made    []int // names that each worker has made
}

// A StorePlan is what OpenStore is told.
type StorePlan struct {
	DSN        string // of a database in which no registry is
	Profile    policy.Profile
	Zone       string
	Registrars int // as many as log in to the server, since creates of one meet at its balance
	Workers    int // as many as there are sessions
	Creates    int // how many the registrars have funds for, each
	Random     func(n int) []byte
}

// keyBytes is the length of the keys of the scratch registry.
const keyBytes = 32

// OpenStore makes a registry in an empty database, which stays filled.
func OpenStore(ctx context.Context, p StorePlan) (*BareStore, error) {
	db, err := store.Open(ctx, p.DSN)
	if err != nil {
		return nil, err
	}
	b := &BareStore{db: db, plan: p, run: newRun(), made: make([]int, p.Workers)}
	b.service = &flow.Service{
		Store: db, Profile: p.Profile, Clock: time.Now, Real: time.Now, Random: p.Random,
		Keys: flow.Keys{AuthInfo: p.Random(keyBytes), Spread: p.Random(keyBytes)},
	}
	if err := b.fill(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("make the scratch store: %w", err), db.Close())
	}
	return b, nil
}

// Close closes the database.
func (b *BareStore) Close() error { return b.db.Close() }

func (b *BareStore) fill(ctx context.Context) error {
	if err := b.db.Migrate(ctx); err != nil {
		return err
	}
	reply, err := b.service.Ask(ctx, "", flow.RegistrarList{})
	if err != nil {
		return err
	}
	if len(reply.([]flow.RegistrarAccount)) > 0 {
		return errors.New("its database holds a registry already; name an empty one with --scratch")
	}
	price := b.plan.Profile.At(time.Now()).Quote(policy.OpCreate, 1, registry.NamePrice{}).Total()
	for i := range b.plan.Registrars {
		id := b.registrar(i)
		r := registry.Registrar{
			ID: id, Name: "Bench " + strconv.Itoa(i), Email: "bench@example.com",
			Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		}
		err := errors.Join(
			b.do(ctx, "", flow.RegistrarCreate{Registrar: r}),
			b.deposit(ctx, id, price.Times(b.plan.Creates)),
		)
		if err != nil {
			return err
		}
	}
	return b.fillObjects(ctx)
}

// deposit gives a registrar funds; where it takes a second person to, there is one.
func (b *BareStore) deposit(ctx context.Context, id registry.RegistrarID, amount ledger.Money) error {
	err := b.do(ctx, "", flow.Deposit{Registrar: id, Amount: amount, Reference: "BENCH-" + string(id), Author: "bench"})
	if most := b.plan.Profile.At(time.Now()).MoneyAlone; err != nil || most == 0 || amount <= most {
		return err
	}
	return b.do(ctx, "", flow.MoneyDecide{ID: string(id) + "-1", Author: "bench, the second person", Reason: "a measurement", Approve: true})
}

func (b *BareStore) fillObjects(ctx context.Context) error {
	o := b.run.objects()
	commands := []flow.Command{flow.ContactCreate{
		ID: o.contact, Email: "bench@example.com", AuthInfo: "bench-Secret-1",
		Voice: &registry.Phone{Number: "+57.6015550100"},
		Int: &registry.Postal{
			Name: "Bench", Street: []string{"Calle 1"}, City: "Bogota", Postcode: "110221", Country: "CO",
		},
	}}
	for _, host := range o.hosts {
		name, err := names.Parse(host)
		if err != nil {
			return err
		}
		commands = append(commands, flow.HostCreate{Name: name})
	}
	for _, command := range commands {
		if err := b.do(ctx, b.registrar(0), command); err != nil {
			return err
		}
	}
	return nil
}

func (b *BareStore) registrar(i int) registry.RegistrarID {
	return registry.RegistrarID("BENCH" + strconv.Itoa(i%b.plan.Registrars))
}

func (b *BareStore) do(ctx context.Context, who registry.RegistrarID, command flow.Command) error {
	_, err := b.service.Run(ctx, flow.Request{Registrar: who, ClTRID: "BENCH", SvTRID: "BENCH-" + string(who), Command: command})
	return err
}

// Run lets all workers create names for a time.
func (b *BareStore) Run(ctx context.Context, d time.Duration) (Measure, error) {
	before := CPUTime()
	end := time.Now().Add(d)
	tallies := make([]Tally, b.plan.Workers)
	failures := make([]error, b.plan.Workers)
	var running sync.WaitGroup
	for i := range b.plan.Workers {
		running.Go(func() { failures[i] = b.work(ctx, i, end, &tallies[i]) })
	}
	running.Wait()
	used := CPUTime() - before
	m := Measure{Elapsed: d, CPU: used, Server: used}
	for i := range tallies {
		m.Tallies[Create].merge(&tallies[i])
	}
	return m, errors.Join(failures...)
}

// work creates names one after the other until an instant.
func (b *BareStore) work(ctx context.Context, worker int, end time.Time, tally *Tally) error {
	o := b.run.objects()
	hosts := make([]names.Name, 2)
	for i := range hosts {
		name, err := names.Parse(o.hosts[i])
		if err != nil {
			return err
		}
		hosts[i] = name
	}
	prefix := "b" + string(b.run) + "-" + strconv.Itoa(worker) + "-"
	for now := time.Now(); now.Before(end); {
		began := now
		b.made[worker]++
		label := prefix + strconv.Itoa(b.made[worker])
		name, err := names.Parse(label + "." + b.plan.Zone)
		if err != nil {
			return err
		}
		_, err = b.service.Run(ctx, flow.Request{
			Registrar: b.registrar(worker), ClTRID: label, SvTRID: "BENCH-" + label,
			Command: flow.DomainCreate{
				Name: name, Years: 1, Nameservers: hosts, Registrant: o.contact, AuthInfo: "bench-Secret-1",
				Contacts: []flow.Role{{Role: "admin", ID: o.contact}, {Role: "tech", ID: o.contact}},
			},
		})
		if err != nil {
			return fmt.Errorf("create %s in the scratch store: %w", name, err)
		}
		if now = time.Now(); !now.After(end) {
			tally.add(succeeded, now.Sub(began))
		}
	}
	return nil
}
