package console

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
)

// actTime is how long an act in a test environment may take: its clock can be told to move on by years.
const actTime = 2 * time.Minute

// sandboxLocks is how many acts of different registrars can be done at once.
const sandboxLocks = 64

// A sandboxAct is something to be done in a test environment that is as a form says it was.
type sandboxAct struct {
	what string // in the log
	// stale says that the form was made before what is now, so that it was sent twice, or from an old page.
	stale func(*sandboxPage) bool
	do    func(context.Context, *sandboxPage) error
}

// actInSandbox does one thing at a time for a registrar. What a form asks that was sent before is not done again, and the
// page says so.
func (v *visit) actInSandbox(a sandboxAct) error {
	c, who := v.console, v.visitor.Registrar.ID
	place := fnv.New32a()
	_, _ = place.Write([]byte(who))
	lock := &c.sandboxActs[place.Sum32()%sandboxLocks]
	lock.Lock()
	defer lock.Unlock()
	ctx, cancel := context.WithTimeout(v.r.Context(), actTime)
	defer cancel()
	if err := http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(actTime + time.Minute)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	if a.stale != nil && a.stale(p) {
		return v.done(sandboxPath, "The test environment has changed since that page was made, so nothing was done. This is how it is now.")
	}
	err = a.do(ctx, p)
	v.noteSandbox(a.what, err)
	return err
}

// noteSandbox logs who did what in a test environment: its own registry has no users.
func (v *visit) noteSandbox(what string, err error) {
	about := []any{"act", what, "registrar", v.visitor.Registrar.ID, "user", v.visitor.User.Login, "svTRID", v.trid}
	if err != nil {
		about = append(about, "err", err)
	}
	v.console.config.Log.Info("test environment", about...)
}

// refusedHere shows a refusal on the page of the test environment.
func (v *visit) refusedHere(err error) error {
	p, again := v.sandboxPage("overview")
	if again != nil {
		return again
	}
	return v.refuse("sandbox", p, err)
}

// A sandboxMadePage shows new passwords, once.
type sandboxMadePage struct {
	*sandboxPage
	Passwords []registry.SandboxPassword
	File      string // with the passwords in it
}

// showPasswords answers with new passwords: on this answer alone.
func (v *visit) showPasswords(passwords ...registry.SandboxPassword) error {
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	file, err := p.credentialsFile(passwords...)
	if err != nil {
		return err
	}
	return v.show("sandbox_made", sandboxMadePage{p, passwords, string(file)})
}

func (c *Console) sandboxMake(v *visit) error {
	ctx, cancel := context.WithTimeout(v.r.Context(), actTime)
	defer cancel()
	passwords, err := c.config.Sandboxes.Make(ctx, v.visitor.Registrar.ID)
	v.noteSandbox("make", err)
	if e, refusal := errors.AsType[*registry.Error](err); refusal && e.Code == registry.ObjectExists {
		return v.done(sandboxPath, "The test environment is there already. Its passwords were shown when it was made; a new one can be made for each credential.")
	}
	if err != nil {
		return v.refusedHere(err)
	}
	return v.showPasswords(passwords...)
}

func (c *Console) sandboxAdd(v *visit) error {
	var made registry.SandboxPassword
	did := false
	err := v.actInSandbox(sandboxAct{
		what:  "add a credential",
		stale: func(p *sandboxPage) bool { return v.sent("seen") != strconv.Itoa(len(p.Credentials)) },
		do: func(ctx context.Context, _ *sandboxPage) (err error) {
			made, err = c.config.Sandboxes.AddCredential(ctx, v.visitor.Registrar.ID)
			did = err == nil
			return err
		},
	})
	if err != nil {
		return v.refusedUnlessMissing(err)
	}
	if !did {
		return nil
	}
	return v.showPasswords(made)
}

// refusedUnlessMissing shows a refusal on the page; what is not there has none.
func (v *visit) refusedUnlessMissing(err error) error {
	if errors.Is(err, errMissing) || isMissing(err) {
		return errMissing
	}
	return v.refusedHere(err)
}

// A sandboxCredentialPage is about one credential.
type sandboxCredentialPage struct {
	*sandboxPage
	Credential registry.SandboxCredential
	Seen       string // which password it is to replace
}

// credential returns the one that the path names.
func (v *visit) credential(p *sandboxPage) (registry.SandboxCredential, error) {
	for _, c := range p.Credentials {
		if string(c.ID) == v.r.PathValue("id") {
			return c, nil
		}
	}
	return registry.SandboxCredential{}, errMissing
}

// passwordSeen tells one password of a credential from the next.
func passwordSeen(c registry.SandboxCredential) string {
	return strconv.FormatInt(c.Changed.UnixMicro(), 10)
}

func (c *Console) sandboxPasswordAsk(v *visit) error {
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	credential, err := v.credential(p)
	if err != nil {
		return err
	}
	return v.show("sandbox_password", sandboxCredentialPage{p, credential, passwordSeen(credential)})
}

func (c *Console) sandboxPassword(v *visit) error {
	var made registry.SandboxPassword
	did := false
	err := v.actInSandbox(sandboxAct{
		what: "new password of " + v.r.PathValue("id"),
		stale: func(p *sandboxPage) bool {
			credential, err := v.credential(p)
			return err == nil && v.sent("seen") != passwordSeen(credential)
		},
		do: func(ctx context.Context, p *sandboxPage) error {
			credential, err := v.credential(p)
			if err != nil {
				return err
			}
			made, err = c.config.Sandboxes.NewPassword(ctx, v.visitor.Registrar.ID, credential.ID)
			did = err == nil
			return err
		},
	})
	if err != nil {
		return v.refusedUnlessMissing(err)
	}
	if !did {
		return nil
	}
	return v.showPasswords(made)
}

func (c *Console) sandboxRefill(v *visit) error {
	err := v.actInSandbox(sandboxAct{what: "refill " + v.r.PathValue("id"), do: func(ctx context.Context, p *sandboxPage) error {
		credential, err := v.credential(p)
		if err != nil {
			return err
		}
		if err := c.config.Sandboxes.Refill(ctx, v.visitor.Registrar.ID, credential.ID); err != nil {
			return err
		}
		return v.done(sandboxPath, "%s has its funds again.", credential.ID)
	}})
	if err != nil {
		return v.refusedUnlessMissing(err)
	}
	return nil
}

// sandboxMove moves the clock, and tells what fell due.
func (c *Console) sandboxMove(v *visit) error {
	move := registry.SandboxMove{}
	switch v.sent("how") {
	case "advance":
		move.Advance = v.sent("advance")
	case "to":
		move.To = v.sent("to")
	case "next":
		move.Next = v.sent("next")
	}
	if move == (registry.SandboxMove{}) {
		return v.moveSaysNothing()
	}
	var moved SandboxMoved
	did := false
	err := v.actInSandbox(sandboxAct{
		what:  "move the clock",
		stale: func(p *sandboxPage) bool { return v.sent("offset") != p.Offset.String() },
		do: func(ctx context.Context, _ *sandboxPage) (err error) {
			moved, err = c.config.Sandboxes.Move(ctx, v.visitor.Registrar.ID, move)
			did = err == nil
			return err
		},
	})
	switch {
	case err != nil && !errors.Is(err, errMissing):
		return v.refusedHere(err)
	case err != nil || !did:
		return err
	}
	v.values = nil // what was asked for is done: the forms begin anew
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	p.Moved, p.FellDue = &moved, v.fellDue(moved)
	return v.show("sandbox", p)
}

// moveSaysNothing answers a form that asks for no movement.
func (v *visit) moveSaysNothing() error {
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	field := v.sent("how")
	switch field {
	case "advance", "to", "next":
		p.wrong(field, v.t("Say how far the clock is to move."))
	default:
		p.wrong("", v.t("Say how far the clock is to move."))
	}
	return v.render(http.StatusUnprocessableEntity, "sandbox", p)
}

// fellDue returns what a movement did, in lines.
func (v *visit) fellDue(m SandboxMoved) []fellDue {
	var lines []fellDue
	for _, l := range []struct {
		one, more string
		n         int
	}{
		{v.t("name renewed by itself"), v.t("names renewed by themselves"), m.Renewed},
		{v.t("name suspended at expiry"), v.t("names suspended at expiry"), m.Suspended},
		{v.t("name deleted, into redemption"), v.t("names deleted, into redemption"), m.Deleted},
		{v.t("transfer approved since nobody answered"), v.t("transfers approved since nobody answered"), m.Transferred},
		{v.t("name purged, free for anybody"), v.t("names purged, free for anybody"), m.Purged},
		{v.t("contact purged"), v.t("contacts purged"), m.Contacts},
		{v.t("charge posted"), v.t("charges posted"), m.Charges},
		{v.t("month closed"), v.t("months closed"), m.Months},
		{v.t("mail that would have been sent"), v.t("mails that would have been sent"), m.Mails},
	} {
		switch {
		case l.n == 1:
			lines = append(lines, fellDue{l.one, 1})
		case l.n > 1:
			lines = append(lines, fellDue{l.more, l.n})
		}
	}
	return lines
}

func (c *Console) sandboxResetAsk(v *visit) error {
	p, err := v.madeSandbox("overview")
	if err != nil {
		return err
	}
	return v.show("sandbox_reset", p)
}

func (c *Console) sandboxReset(v *visit) error {
	if v.sent("sure") != "yes" {
		p, err := v.madeSandbox("overview")
		if err != nil {
			return err
		}
		p.wrong("sure", v.t("Tick this if it is meant."))
		return v.render(http.StatusUnprocessableEntity, "sandbox_reset", p)
	}
	err := v.actInSandbox(sandboxAct{
		what:  "reset",
		stale: func(p *sandboxPage) bool { return v.sent("seen") != p.Since() },
		do: func(ctx context.Context, _ *sandboxPage) error {
			if err := c.config.Sandboxes.Reset(ctx, v.visitor.Registrar.ID); err != nil {
				return err
			}
			return v.done(sandboxPath, "The test environment begins anew: it is empty, and its clock shows real time. The credentials are as they were.")
		},
	})
	if err != nil {
		return v.refusedUnlessMissing(err)
	}
	return nil
}

// Since tells one life of a test environment from the next.
func (p *sandboxPage) Since() string { return strconv.FormatInt(p.Sandbox.Made.UnixMicro(), 10) }
