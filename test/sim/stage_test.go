package sim

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A stage is a real registry on which acts are played.
type stage struct {
	*world.World
	engine    bool // time is written down between the commands
	step      int
	received  map[string][]string // messages that registrars took from their queues
	published map[string]string   // what is in the zone, by name
	mu        sync.Mutex
	owners    map[registry.ROID]string // the names of ROIDs
}

// observer only looks.
const observer registry.RegistrarID = "H2000"

// newStage returns an empty registry as everybody has one at the beginning of a life.
func newStage(t testing.TB, engine bool) *stage {
	s := &stage{
		World: world.New(t, instant(beginning)), engine: engine,
		received: map[string][]string{}, published: map[string]string{}, owners: map[registry.ROID]string{},
	}
	s.Service.Profile = profile(t)
	s.Service.Spread = func(roid registry.ROID) uint32 {
		s.mu.Lock()
		defer s.mu.Unlock()
		return uint32(spreadOf(s.owners[roid]))
	}
	s.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: observer}})
	err := s.DB.Update(t.Context(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{Limits: []ledger.Funds{{Party: "H1003", CreditLimit: creditOfPoor}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func spreadOf(name string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return int64(h.Sum32())
}

// profile has the rules of 2026, and three zones that have those of 2011: one always, one from a day on and one
// until a day. Their prices differ, to tell whose rules were asked.
func profile(t testing.TB) policy.Profile {
	now, before := builtIn(t, "co-2026"), builtIn(t, "co-2011")
	for i := range before.Versions {
		prices := &before.Versions[i].Terms.Prices
		prices.Create, prices.Renew, prices.Restore = ledger.Money(rules2011.create), ledger.Money(rules2011.renew), ledger.Money(rules2011.restore)
	}
	p := now.Follow(world.Name("nom.co"), before, time.Unix(0, 0), "it always did")
	p = p.Follow(world.Name("com.co"), before, time.Unix(changeOfRules, 0), "a change of policy")
	p = p.Follow(world.Name("net.co"), before, time.Unix(0, 0), "it did")
	return p.Follow(world.Name("net.co"), now, time.Unix(changeOfRules, 0), "a change of policy")
}

func builtIn(t testing.TB, id string) policy.Profile {
	p, err := policy.BuiltIn(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// do plays an act, and returns how it ended.
func (s *stage) do(a act) result {
	switch a.do {
	case "wait":
		s.At(instant(a.at))
	case "settle":
		if s.engine {
			s.try(a, flow.Settle{Limit: a.count})
		}
	case "audit": // of the model's, which the trial has
	case "crash":
		s.Crash()()
	case "reopen":
		s.Reopen()
	case "publish":
		s.publish(a.count)
	case "poll":
		s.poll(registry.RegistrarID(a.who))
	default:
		return s.try(a, s.command(a))
	}
	return result{code: registry.Completed}
}

// try runs a command. Where an operation of the database fails the command has to fail with it and leave
// nothing, and is tried again.
func (s *stage) try(a act, cmd flow.Command) result {
	if a.fails < 0 {
		return s.run(a, cmd)
	}
	before, restart := s.Dump(), func() {}
	s.Fault.After(a.fails)
	if a.dies {
		s.Fault.WhenFails(func() { restart = s.Crash() })
	}
	reply, err := s.send(a, cmd)
	s.Fault.Disarm()
	s.Fault.WhenFails(nil)
	restart()
	if !errors.Is(err, world.ErrFault) {
		return s.ended(reply, err)
	}
	if after := s.Dump(); after != before {
		s.T.Fatalf("a command that met a fault of the database has changed it:\n%s", difference(before, after))
	}
	return s.run(a, cmd)
}

func (s *stage) run(a act, cmd flow.Command) result {
	reply, err := s.send(a, cmd)
	return s.ended(reply, err)
}

func (s *stage) send(a act, cmd flow.Command) (flow.Reply, error) {
	return s.Service.Run(context.Background(), flow.Request{
		Registrar: registry.RegistrarID(a.who), ClTRID: "client", SvTRID: fmt.Sprintf("SIM-%05d", s.step), Command: cmd,
	})
}

// ended is how a command ended.
func (s *stage) ended(reply flow.Reply, err error) result {
	if refusal, ok := errors.AsType[*registry.Error](err); ok {
		return refused(refusal.Code)
	}
	if err != nil {
		s.T.Fatalf("a fault: %v", err)
	}
	r := result{code: registry.Completed}
	if said, ok := reply.(flow.Said); ok {
		r.code, _ = said.Outcome()
	}
	switch reply := reply.(type) {
	case flow.DomainCreated:
		s.mu.Lock()
		s.owners[reply.ROID] = reply.Name.String()
		s.mu.Unlock()
		r.expires, r.cents = reply.Expires.Unix(), int(reply.Charged.Total())
	case flow.DomainRenewed:
		r.expires, r.cents = reply.Expires.Unix(), int(reply.Charged.Total())
	case flow.DomainDeleted:
		r.cents = int(reply.Credited)
	case flow.TransferTold:
		r.expires, r.cents = seconds(reply.Expires), int(reply.Charged.Total())
	case flow.DomainRestored:
		r.expires, r.cents = seconds(reply.RenewBy), int(reply.Charged.Total())
	}
	return r
}

// seconds since 1970; 0 for no instant.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// publish takes marks and looks at what they name, as the zone's publisher does.
func (s *stage) publish(limit int) {
	reply, err := s.Ask("", flow.PendingMarks{Limit: limit})
	if err != nil {
		s.T.Fatal(err)
	}
	marks := reply.([]registry.Mark)
	for _, mark := range marks {
		for name := range s.published {
			if mark.Kind == registry.MarkHost || mark.Name.String() == name {
				s.published[name] = s.delegation(name)
			}
		}
		if mark.Kind == registry.MarkDomain {
			s.published[mark.Name.String()] = s.delegation(mark.Name.String())
		}
	}
	s.Do("", flow.ZonesPublished{Marks: marks})
}

// delegation is what the zone should have for a name.
func (s *stage) delegation(name string) string {
	reply, err := s.Ask("", flow.DelegationsOf{Names: world.Names(name)})
	if err != nil {
		s.T.Fatal(err)
	}
	var list []string
	for _, ns := range reply.([]flow.Delegation)[0].Nameservers {
		list = append(list, ns.Name.String())
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, " ")
}

// poll takes a registrar's next message.
func (s *stage) poll(who registry.RegistrarID) {
	reply, err := s.Ask(who, flow.PollRequest{})
	polled, waits := reply.(flow.Polled)
	if err != nil || !waits {
		return // a suspended one, or an empty queue
	}
	s.Do(who, flow.PollAck{ID: fmt.Sprint(polled.Message.ID)})
	s.received[string(who)] = append(s.received[string(who)], messageOf(polled.Message.Notice)...)
}

// waiting are the messages in a registrar's queue, oldest first.
func (s *stage) waiting(who string) []string {
	var list []string
	rows := s.Rows("SELECT kind, body FROM poll WHERE registrar = $1 ORDER BY id", who)
	for row := range strings.Lines(rows) {
		kind, body, _ := strings.Cut(strings.TrimSpace(row), " | ")
		notice, err := registry.ReadNotice(registry.NoticeKind(kind), []byte(body))
		if err != nil {
			s.T.Fatal(err)
		}
		list = append(list, messageOf(notice)...)
	}
	return list
}

// messageOf is a message as the model tells it, none where the model does not.
func messageOf(n registry.Notice) []string {
	about := ""
	switch n := n.(type) {
	case registry.TransferNotice:
		about = n.Name
	case registry.PendingActionNotice:
		about = n.Name
	case registry.ChangeNotice:
		switch {
		case n.Domain != nil:
			about = n.Domain.Name.String()
		case n.Host != nil:
			about = n.Host.Name.String()
		case n.Contact != nil:
			about = n.Contact.ID
		}
	case registry.AccountNotice:
		about = "account"
	}
	if !slices.Contains(toldEvents, n.Event()) {
		return nil
	}
	return []string{string(n.Event()) + " " + about}
}

// toldEvents are those that the model tells.
var toldEvents = []registry.Event{
	registry.EventAutoRenewed, registry.EventAutoDeleted, registry.EventSuspended, registry.EventRestoreRenewed, registry.EventRestoreLapsed,
	registry.EventRegistryAction, registry.EventPurged, registry.EventHostGone, registry.EventHostRenamed, registry.EventContactLinger, registry.EventContactPurged,
	registry.EventTransferRequested, registry.EventTransferApproved, registry.EventTransferRejected, registry.EventTransferCancelled,
	registry.EventAccountHold,
}

// command is what a registrar or the operator sends.
func (s *stage) command(a act) flow.Command {
	edit := func(e flow.DomainEdit) flow.Command {
		cmd := flow.DomainUpdate{Name: world.Name(a.name), Add: e}
		if a.off {
			cmd.Add, cmd.Remove = flow.DomainEdit{}, e
		}
		return cmd
	}
	switch a.do {
	case "create":
		return flow.DomainCreate{
			Name: world.Name(a.name), Years: a.count, Nameservers: world.Names(a.hosts...), Registrant: a.other,
			AuthInfo: secretOf(a.name), Contacts: []flow.Role{{Role: "admin", ID: a.other}, {Role: "tech", ID: a.other}},
		}
	case "renew":
		return flow.DomainRenew{Name: world.Name(a.name), CurrentExpiry: time.Unix(a.at, 0).UTC(), Years: a.count}
	case "delete":
		return flow.DomainDelete{Name: world.Name(a.name)}
	case "transfer":
		return flow.DomainTransfer{Name: world.Name(a.name), Years: a.count, AuthInfo: &a.other}
	case "cancel", "approve", "reject":
		return flow.DomainTransferEnd{Name: world.Name(a.name), How: endings[a.do]}
	case "restore":
		return flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name(a.name)}}
	case "update status":
		return edit(flow.DomainEdit{Statuses: []registry.Status{registry.Status(a.other)}})
	case "update host":
		return edit(flow.DomainEdit{Nameservers: world.Names(a.other)})
	case "update secret":
		return flow.DomainUpdate{Name: world.Name(a.name), AuthInfo: &a.other}
	case "update contact":
		return relink{world.Name(a.name), a.other}
	case "host create":
		return flow.HostCreate{Name: world.Name(a.name), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	case "host delete":
		return flow.HostDelete{Name: world.Name(a.name)}
	case "host rename":
		return flow.HostUpdate{Name: world.Name(a.name), NewName: world.Name(a.other)}
	}
	return s.otherCommand(a)
}

// endings are how the sides end a transfer.
var endings = map[string]registry.TransferStatus{
	"cancel": registry.TransferClientCancelled, "approve": registry.TransferClientApproved, "reject": registry.TransferClientRejected,
}

// deed is why the operator does something.
var deed = flow.Deed{Author: "operator", Reason: "it is a test"}

func (s *stage) otherCommand(a act) flow.Command {
	who := registry.RegistrarID(a.name)
	switch a.do {
	case "contact create":
		return flow.ContactCreate{
			ID: a.name, Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com", AuthInfo: secretOf(a.name),
			Loc: &registry.Postal{Name: "Ana Peña", Street: []string{"Calle 10"}, City: "Bogotá", Postcode: "110221", Country: "CO"},
		}
	case "contact delete":
		return flow.ContactDelete{ID: a.name}
	case "contact transfer":
		return flow.ContactTransfer{ID: a.name, AuthInfo: &a.other}
	case "contact cancel", "contact approve", "contact reject":
		return flow.ContactTransferEnd{ID: a.name, How: endings[strings.TrimPrefix(a.do, "contact ")]}
	case "contact secret":
		return flow.ContactUpdate{ID: a.name, AuthInfo: &a.other}
	case "contact status":
		cmd := flow.ContactUpdate{ID: a.name, Add: []registry.Status{registry.Status(a.other)}}
		if a.off {
			cmd.Add, cmd.Remove = nil, cmd.Add
		}
		return cmd
	case "deposit":
		return flow.Deposit{Author: "ana", Registrar: who, Amount: ledger.Money(a.count), Reference: fmt.Sprint("R-", s.step)}
	case "hold":
		if a.off {
			return flow.RegistrarHold{Registrar: who}
		}
		return flow.RegistrarHold{Registrar: who, Reason: "the balance is below the minimum"}
	case "suspend":
		return flow.RegistrarSuspend{Act: flow.Act{Registrar: who, Author: "operator", Reason: "it is a test"}, Resume: a.off}
	case "delete at expiry":
		return flow.RegistrarSet{Act: flow.Act{Registrar: who, Author: "operator"}, AutoRenew: &a.off}
	case "server status":
		edit := flow.StatusEdit{Add: []registry.Status{registry.Status(a.other)}}
		if a.off {
			edit.Add, edit.Remove = nil, edit.Add
		}
		return flow.DomainStatusSet{Deed: deed, StatusEdit: edit, Name: world.Name(a.name)}
	case "server approve", "server reject":
		return flow.DomainTransferDecide{Deed: deed, Name: world.Name(a.name), Approve: a.do == "server approve"}
	}
	s.T.Fatalf("nobody plays %q", a.do)
	return nil
}

// relink gives a name another registrant, admin and tech in one update.
type relink struct {
	name names.Name
	to   string
}

func (cmd relink) Subject() flow.Subject { return flow.DomainUpdate{Name: cmd.name}.Subject() }

func (cmd relink) Run(c *flow.Call) (flow.Reply, registry.Changes, error) {
	update := flow.DomainUpdate{Name: cmd.name, Registrant: &cmd.to}
	d, _ := c.Domain(cmd.name)
	for _, had := range d.Contacts {
		update.Remove.Contacts = append(update.Remove.Contacts, flow.Role{Role: had.Role, ID: had.ID})
		update.Add.Contacts = append(update.Add.Contacts, flow.Role{Role: had.Role, ID: cmd.to})
	}
	return update.Run(c)
}
