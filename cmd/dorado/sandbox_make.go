package main

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// sandboxFunds is what each credential has after it was made, or after a refill; it is no money.
const sandboxFunds = ledger.Money(100_000_00)

// sandboxAuthor is who acts in a sandbox beside its registrar.
const sandboxAuthor = "test environment"

// firstCredentials is how many a new sandbox has: one to move names to.
const firstCredentials = 2

// Make makes the sandbox of a registrar, with two credentials, and returns their passwords.
func (a *sandboxes) Make(ctx context.Context, owner registry.RegistrarID) ([]registry.SandboxPassword, error) {
	a.making.Lock()
	defer a.making.Unlock()
	if _, mine := a.lease(); !mine {
		return nil, errTestsElsewhere
	}
	if s := a.of(owner); s != nil {
		return nil, refuse(registry.ObjectExists, "the registrar %s has a test environment already, %s", owner, s.name)
	}
	if m, is := a.isMissing(string(owner)); is {
		return nil, m.told()
	}
	reply, err := a.core.service.Ask(ctx, "", flow.RegistrarShow{ID: owner})
	if err != nil {
		return nil, err
	}
	s := a.newSandbox(a.nameFor(owner))
	s.record.Registrar, s.record.Made = owner, time.Now().UTC().Truncate(time.Second)
	var accounts []registry.Registrar
	var passwords []registry.SandboxPassword
	for i := range firstCredentials {
		r, password, err := s.newCredential(ctx, reply.(flow.RegistrarAccount).Registrar, i)
		if err != nil {
			return nil, err
		}
		accounts, passwords = append(accounts, r), append(passwords, password)
	}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	err = errors.Join(s.keep(), s.fill(ctx, accounts))
	if err == nil {
		err = a.keep(ctx, s.record.row(s.name))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.names[s.name], a.owners[owner] = s, s
	a.log.Info("made a sandbox", "sandbox", s.name, "registrar", owner)
	return passwords, nil
}

// newCredential returns the account of the credential number i of a sandbox, which is like that of its owner but that it may
// come from everywhere. Decisions 4.1: the test environment has no address list.
func (s *sandbox) newCredential(ctx context.Context, owner registry.Registrar, i int) (registry.Registrar, registry.SandboxPassword, error) {
	id := registry.RegistrarID(s.name + "-" + sandboxLetters[i:i+1])
	password := registry.SandboxPassword{ID: id, Password: newPassword()}
	hash, err := s.all.passwords.Hash(ctx, password.Password)
	return registry.Registrar{
		ID: id, Name: owner.Name + ", test " + sandboxLetters[i:i+1], Email: owner.Email, Voice: owner.Voice, Postal: owner.Postal,
		Website: owner.Website, Abuse: owner.Abuse, WHOIS: owner.WHOIS, Mailing: owner.Mailing,
		Password: hash, Networks: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")},
	}, password, err
}

// fill makes the database anew, with accounts and nothing else, and puts it in the place of what was there. The sandbox is
// closed.
func (s *sandbox) fill(ctx context.Context, accounts []registry.Registrar) error {
	steps, abandon := s.filling(accounts)
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return errors.Join(err, abandon())
		}
	}
	return nil
}

// filling returns the steps of fill, between any two of which the process may be killed: what is on the disk is the old
// sandbox or the new one. Abandon closes what a step has opened.
func (s *sandbox) filling(accounts []registry.Registrar) (steps []func(context.Context) error, abandon func() error) {
	path, there := filepath.Join(s.dir, sandboxNew), filepath.Join(s.dir, sandboxDatabase)
	var o *openSandbox
	steps = append(steps, func(context.Context) error { return removeDatabase(path) }, func(ctx context.Context) (err error) {
		s.clock.offset.Store(0)
		o, err = s.openAt(ctx, path)
		return err
	})
	for _, r := range accounts {
		steps = append(steps, func(ctx context.Context) error {
			if _, err := o.core.run(ctx, flow.RegistrarCreate{Registrar: r}); err != nil {
				return err
			}
			return o.refill(ctx, r.ID)
		})
	}
	abandon = func() error {
		made := o
		if o = nil; made == nil {
			return nil
		}
		return made.core.db.Close()
	}
	return append(steps,
		func(context.Context) error { return abandon() }, // which leaves one file
		// What was there has been closed, so nothing of it is in a log any more, and at every instant there is one whole file.
		func(context.Context) error { return removeBeside(there) },
		func(context.Context) error { return os.Rename(path, there) },
		func(context.Context) error { return removeBeside(path) },
	), abandon
}

// refill deposits what an account lacks of sandboxFunds.
func (o *openSandbox) refill(ctx context.Context, id registry.RegistrarID) error {
	reply, err := o.core.service.Ask(ctx, "", flow.RegistrarShow{ID: id})
	if err != nil {
		return err
	}
	lacks := sandboxFunds - reply.(flow.RegistrarAccount).Funds.Available()
	if lacks <= 0 {
		return nil
	}
	_, err = o.core.run(ctx, flow.Deposit{Registrar: id, Amount: lacks, Reference: "TEST-" + o.core.trid(), Author: sandboxAuthor})
	return err
}

// accounts returns the registrars of a sandbox, in order of id.
func (o *openSandbox) accounts(ctx context.Context) ([]flow.RegistrarAccount, error) {
	reply, err := o.core.service.Ask(ctx, "", flow.RegistrarList{})
	if err != nil {
		return nil, err
	}
	return reply.([]flow.RegistrarAccount), nil
}

// reset makes a sandbox empty again, with the credentials that it had and real time.
func (s *sandbox) reset(ctx context.Context) error {
	give, err := s.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer give()
	if _, mine := s.all.lease(); !mine {
		return errTestsElsewhere
	}
	ctx = context.WithoutCancel(ctx)
	s.using.Lock() // from here on nobody changes a password that would be lost
	defer s.using.Unlock()
	accounts, err := s.shutWith(ctx)
	if err != nil {
		return err
	}
	was := s.clock.Offset()
	if err := s.fill(ctx, accounts); err != nil {
		s.clock.offset.Store(int64(was))
		return err
	}
	s.recording.Lock()
	defer s.recording.Unlock()
	s.record.Made = time.Now().UTC().Truncate(time.Second)
	s.all.log.Info("reset a sandbox", "sandbox", s.name)
	return errors.Join(os.RemoveAll(filepath.Join(s.dir, sandboxMails)), s.keep(), s.all.keep(ctx, s.record.row(s.name)))
}

// shutWith closes a sandbox and returns its accounts, for who holds using. It asks for nothing that a full file refuses.
func (s *sandbox) shutWith(ctx context.Context) ([]registry.Registrar, error) {
	if s.gone {
		return nil, errSandboxGone
	}
	o := s.open
	if o == nil {
		var err error
		if o, err = s.openAt(ctx, filepath.Join(s.dir, sandboxDatabase)); err != nil {
			return nil, err
		}
		defer o.core.db.Close()
	}
	list, err := o.accounts(ctx)
	if err != nil {
		return nil, err
	}
	s.shut()
	accounts := make([]registry.Registrar, len(list))
	for i, a := range list {
		accounts[i] = a.Registrar
	}
	return accounts, nil
}

// addCredential makes one more credential of a sandbox.
func (s *sandbox) addCredential(ctx context.Context) (registry.SandboxPassword, error) {
	none := registry.SandboxPassword{}
	give, err := s.takeTurn(ctx)
	if err != nil {
		return none, err
	}
	defer give()
	o, leave, err := s.enter(ctx)
	if err != nil {
		return none, err
	}
	defer leave()
	list, err := o.accounts(ctx)
	if err != nil {
		return none, err
	}
	if len(list) >= len(sandboxLetters) {
		return none, refuse(registry.ParameterRange, "the sandbox %s has %d credentials, which is as many as there can be", s.name, len(list))
	}
	reply, err := s.all.core.service.Ask(ctx, "", flow.RegistrarShow{ID: s.kept().Registrar})
	if err != nil {
		return none, err
	}
	r, password, err := s.newCredential(ctx, reply.(flow.RegistrarAccount).Registrar, len(list))
	if err != nil {
		return none, err
	}
	if _, err := o.core.run(ctx, flow.RegistrarCreate{Registrar: r}); err != nil {
		return none, err
	}
	return password, o.refill(ctx, r.ID)
}

// newPassword replaces the password of a credential.
func (s *sandbox) newPassword(ctx context.Context, id registry.RegistrarID) (registry.SandboxPassword, error) {
	o, leave, err := s.enter(ctx)
	if err != nil {
		return registry.SandboxPassword{}, err
	}
	defer leave()
	password := registry.SandboxPassword{ID: id, Password: newPassword()}
	hash, err := s.all.passwords.Hash(ctx, password.Password)
	if err != nil {
		return registry.SandboxPassword{}, err
	}
	_, err = o.core.run(ctx, flow.RegistrarPassword{
		Act: flow.Act{Registrar: id, Author: sandboxAuthor, Reason: "asked for"}, To: hash,
	})
	return password, err
}

// refill gives a credential funds again, or all of them where none is named.
func (s *sandbox) refill(ctx context.Context, id registry.RegistrarID) error {
	o, leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	list, err := o.accounts(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, a := range list {
		if id != "" && a.ID != id {
			continue
		}
		found = true
		if err := o.refill(ctx, a.ID); err != nil {
			return err
		}
	}
	if !found {
		return refuse(registry.ObjectMissing, "the sandbox %s has no credential %s", s.name, id)
	}
	return nil
}

// tell returns what people are told of a sandbox.
func (s *sandbox) tell(ctx context.Context) (registry.Sandbox, error) {
	o, leave, err := s.enter(ctx)
	if err != nil {
		return registry.Sandbox{}, err
	}
	defer leave()
	k := s.kept()
	t := registry.Sandbox{
		Name: s.name, Registrar: k.Registrar, Made: k.Made, Now: s.clock.Now().Truncate(time.Second), Offset: s.clock.Offset(), Ticks: k.Ticks,
	}
	list, err := o.accounts(ctx)
	if err != nil {
		return registry.Sandbox{}, err
	}
	for _, a := range list {
		t.Credentials = append(t.Credentials, registry.SandboxCredential{ID: a.ID, Available: a.Funds.Available(), Changed: a.PasswordChanged})
	}
	page, err := o.core.names(ctx, names.Name{}, registry.SandboxNamesCounted)
	t.Names = len(page.Names)
	return t, err
}

// drop removes a sandbox with all that is in it.
func (a *sandboxes) drop(ctx context.Context, s *sandbox) error {
	a.making.Lock()
	defer a.making.Unlock()
	dropped := s.kept().row(s.name)
	dropped.Dropped = time.Now()
	if err := a.keep(ctx, dropped); err != nil {
		return err
	}
	a.mu.Lock()
	delete(a.names, s.name)
	delete(a.owners, s.kept().Registrar)
	a.mu.Unlock()
	s.using.Lock()
	defer s.using.Unlock()
	s.shut()
	s.gone = true
	a.log.Info("removed a sandbox", "sandbox", s.name)
	return os.RemoveAll(s.dir)
}

// credential returns the credential that a text names, if it has the form of one.
func (s *sandbox) credential(text string) (registry.RegistrarID, error) {
	if letter, ours := strings.CutPrefix(text, s.name+"-"); ours && len(letter) == 1 && strings.Contains(sandboxLetters, letter) {
		return registry.RegistrarID(text), nil
	}
	return "", refuse(registry.ObjectMissing, "%s is no credential of the sandbox %s; one is %s-A", text, s.name, s.name)
}
