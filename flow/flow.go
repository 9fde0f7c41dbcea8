// Package flow owns the commands and queries: one file each, which reads from top to bottom as
// load, check, decide, return. A flow never writes. It returns the Changes that it wants, and
// Service applies them with the log in one transaction.
package flow

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Command changes the registry. Its fields are its input.
type Command interface {
	// Run returns the reply and all that the command writes, or why it is refused.
	Run(*Call) (Reply, registry.Changes, error)
	// Subject says what the transaction log and the history call the command.
	Subject() Subject
}

// A Query only looks; its type gives it no way to change anything.
type Query interface {
	Answer(*Call) (Reply, error)
}

// A Reply is the result of a command or query, such as DomainCreated. Each front-end writes it in
// its own form.
type Reply any

// A Said is a Reply that ends otherwise than with Completed, or with words of its own.
type Said interface {
	// Outcome returns the code and the sentence for the registrar; an empty sentence means the
	// code's usual one.
	Outcome() (registry.Code, string)
}

// A Subject is a command and the object that it is about.
type Subject struct {
	Command string // create, delete, renew, transfer, update
	Object  string // domain, host, contact, registrar
	ID      string // the object's name or id, as the command gave it
	Logged  bool   // it belongs into the registrar's transaction log. Manual 9.8
}

func (s Subject) String() string { return s.Object + ":" + s.Command }

// A Request is a command with what a front-end knows about its sender.
type Request struct {
	Registrar registry.RegistrarID // empty for the operator and for time
	User      string               // the login of the registrar's user of the console; empty if it comes in another way
	Session   string               // the id of that user's session
	ClTRID    string
	SvTRID    string
	Fence     registry.Fence // zero unless the sender acts under a lease
	Command   Command
}

// Keys are the secrets of a registry that flows use.
type Keys struct {
	AuthInfo []byte // for the keyed hash of authInfo
	Spread   []byte // for the keyed hash that spreads purges. Decisions 3.2

	// Ledger signs the heads of the ledger's days; nil: they are not sealed.
	Ledger ed25519.PrivateKey
	// Clients issues client certificates to registrars; nil: nobody does.
	Clients *ClientAuthority

	// LedgerSalt hides what registrars have in a head from each other.
	LedgerSalt []byte
}

// Service runs commands and queries.
type Service struct {
	Store   registry.Store
	Profile policy.Profile
	Keys    Keys

	// Clock is the registry's time, which a test or a demo can move.
	Clock func() time.Time
	// Real is the time that nobody moves, for limits.
	Real func() time.Time
	// Random returns n unpredictable bytes.
	Random func(n int) []byte

	// Spread maps a ROID evenly over all 32-bit numbers; nil for the hash by Keys.Spread. Two registries
	// that give other numbers to the same objects purge them at the same instants by one of their own.
	Spread func(registry.ROID) uint32

	// Passwords hashes and verifies EPP passwords.
	Passwords *Passwords
	// Buckets count what is limited on all nodes together; nil if there is one.
	Buckets Buckets
	// Fairness is what this node remembers to hold the limits on commands; nil: it holds none, counts
	// nothing and answers everything anew.
	Fairness *Fairness
	// Usages keep what Fairness counts; nil: nobody does.
	Usages Usages
	// Logins keep what the operator and the registrar know of logins; nil: nobody does.
	Logins Logins
	// Pages keeps answers to lookups; nil: each is made anew.
	Pages *Pages
	// Marked is called after a commit of this process that left marks for the zone; nil if nobody
	// listens. It must not wait.
	Marked func()
}

// Run runs a command as one transaction: its Changes, and its line in the transaction log whatever
// the outcome. A *registry.Error is a refusal and has left nothing but that line; any other error
// is a fault and has left nothing; or, where the disk or the server failed in the commit, all or nothing,
// and nobody knows which.
func (s *Service) Run(ctx context.Context, req Request) (Reply, error) {
	var err error
	if req.Command, err = s.fairly(ctx, req); err != nil {
		return nil, err
	}
	leave, err := s.turnToGuess(ctx, req.Registrar, req.Command)
	if err != nil {
		return nil, err
	}
	defer leave()
	var reply Reply
	var refusal *registry.Error
	var wrong wrongAuthInfo
	marked := false
	err = s.Store.Update(ctx, s.keysOf(req), func(r registry.Reader) (registry.Changes, error) {
		c := s.call(r, req.Registrar)
		c.User, c.Session, c.ClTRID, c.SvTRID = req.User, req.Session, req.ClTRID, req.SvTRID
		var changes registry.Changes
		var err error
		reply, changes, err = c.run(req.Command)
		if c.fault != nil {
			return registry.Changes{}, c.fault
		}
		refusal = nil
		if err != nil && !errors.As(err, &refusal) {
			return registry.Changes{}, err
		}
		if refusal != nil && c.whenRefused != nil {
			changes = c.whenRefused(refusal)
		}
		changes.Origin = c.origin()
		changes.Fence = req.Fence
		changes.Log = logRow(s.Clock().UTC(), req, reply, refusal)
		marked, wrong = changes.HasMarks(), c.wrongAuthInfo(err)
		return changes, nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.Command.Subject(), err)
	}
	if marked && s.Marked != nil {
		s.Marked()
	}
	s.countCommand(req, refusal != nil)
	if err := s.countWrong(ctx, wrong); err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	return reply, nil
}

// A Keyed command knows some of what it will read. Those that come by the thousand do.
type Keyed interface{ Keys() registry.Keys }

func (s *Service) keysOf(req Request) registry.Keys {
	var keys registry.Keys
	if k, ok := req.Command.(Keyed); ok {
		keys = k.Keys()
	}
	if keys.Funds || keys.Late {
		keys.Now = s.Clock().UTC().Truncate(time.Second)
	}
	keys.Registrar = req.Registrar
	return keys
}

// run runs a command and puts what time did to the objects that it read before what it did.
// A refused command writes neither; what it wants to be written all the same, Service.Run does.
func (c *Call) run(cmd Command) (Reply, registry.Changes, error) {
	c.command = cmd.Subject().String()
	reply, changes, err := cmd.Run(c)
	if err != nil {
		return nil, registry.Changes{}, err
	}
	changes.Earlier = c.toldInOrder(append(c.written(), changes.Earlier...))
	changes.Unlinked = c.conditions()
	changes = c.stand(changes)
	changes.Late = append(changes.Late, c.comesLate(changes)...)
	return reply, changes, nil
}

// logRow returns the line of the transaction log. A create that lost against an existing object is
// not logged, since there may be a hundred thousand of them a second. Manual 9.8.
func logRow(at time.Time, req Request, reply Reply, refusal *registry.Error) []registry.LogRow {
	subject := req.Command.Subject()
	if !subject.Logged {
		return nil
	}
	row := registry.LogRow{
		At: at, Registrar: req.Registrar, User: req.User, Command: subject.Command, Object: subject.Object,
		ID: subject.ID, Code: registry.Completed, ClTRID: req.ClTRID, SvTRID: req.SvTRID,
	}
	switch said, ok := reply.(Said); {
	case refusal != nil && refusal.Code == registry.ObjectExists && subject.Command == "create":
		return nil
	case refusal != nil:
		row.Code, row.Message = refusal.Code, refusal.Reason
	case ok:
		row.Code, row.Message = said.Outcome()
	}
	return []registry.LogRow{row}
}

// Ask answers a query.
func (s *Service) Ask(ctx context.Context, who registry.RegistrarID, q Query) (Reply, error) {
	leave, err := s.turnToGuess(ctx, who, q)
	if err != nil {
		return nil, err
	}
	defer leave()
	var found struct { // one thing for the closure to share
		reply Reply
		wrong wrongAuthInfo
	}
	err = s.Store.View(ctx, func(r registry.Reader) error {
		c := queryCalls.Get().(*Call)
		defer c.leave()
		c.begin(s, r, who, s.Clock())
		var err error
		found.reply, err = c.answer(ctx, q)
		found.wrong = c.wrongAuthInfo(err)
		return cmp.Or(c.fault, err)
	})
	if err := cmp.Or(s.countWrong(ctx, found.wrong), err); err != nil {
		return nil, err
	}
	return found.reply, nil
}

// Terms returns the terms in force now, for front-ends that have to know a limit.
func (s *Service) Terms() *policy.Terms { return s.Profile.At(s.Clock()) }

// A Refused is a command that a front-end could read far enough to know what it is about, and
// refuses itself. It leaves its line in the transaction log.
type Refused struct {
	About Subject
	Error *registry.Error
}

// Run refuses.
func (cmd Refused) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{}, cmd.Error
}

// Subject is the subject of the command that was refused.
func (cmd Refused) Subject() Subject { return cmd.About }
