package flow

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/registry"
)

// An Act is what is done to a registrar's account: whose it is, who does it, and why. What a registrar may do itself
// is done by one of its users.
type Act struct {
	Registrar registry.RegistrarID
	Author    string // the operator, or the login of the registrar's user
	Reason    string // registrars are not told; some acts need none, and those of its own users never
}

// put writes a registrar, and who changed it. Instants are real time, as those of a Measure.
func (a Act) put(c *Call, r registry.Registrar) (Reply, registry.Changes, error) {
	r.Version++
	r.Changed = a.measure(c.realNow())
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

// putUnsigned is put for acts that the operator may do without saying who does them.
func (a Act) putUnsigned(c *Call, r registry.Registrar) (Reply, registry.Changes, error) {
	if a.Author != "" {
		return a.put(c, r)
	}
	r.Version++
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

func (a Act) measure(now time.Time) registry.Measure {
	return registry.Measure{Since: now, Author: a.Author, Reason: a.Reason}
}

// accountIsOwn holds for the operator, and for a registrar that changes its own account. Manual 4.1.
func (c *Call) accountIsOwn(id registry.RegistrarID) Rule {
	return refuseIf("accountIsOwn", c.Registrar.ID != "" && c.Registrar.ID != id, registry.Error{
		Code: registry.Authorization, Field: "registrar", Value: string(id),
		Reason: "the account is another registrar's; change your own",
	})
}

// actIsOperators holds for the operator, whose act it is alone.
func (c *Call) actIsOperators() Rule {
	return refuseIf("actIsOperators", c.Registrar.ID != "", registry.Error{
		Code: registry.Authorization, Field: "registrar", Value: string(c.Registrar.ID),
		Reason: "the registry alone does this; ask it",
	})
}

// ownActIsSigned holds for an act with an author on an account that is his to change.
func (c *Call) ownActIsSigned(a Act) Rule {
	own := c.accountIsOwn(a.Registrar)
	if c.Registrar.ID != "" && own.Refusal == nil {
		own = registrarIsActive(c.Registrar)
	}
	return allOf("ownActIsSigned", own, actIsSigned(a))
}

// ownActIsExplained is ownActIsSigned, and of the operator's acts asks for a reason.
func (c *Call) ownActIsExplained(a Act) Rule {
	if c.Registrar.ID != "" {
		return c.ownActIsSigned(a)
	}
	return actIsExplained(a)
}

// ownActIsAnybodys is ownActIsSigned, and asks the operator for no author.
func (c *Call) ownActIsAnybodys(a Act) Rule {
	if a.Author == "" && c.Registrar.ID == "" {
		return holds("ownActIsAnybodys", "author", "")
	}
	return c.ownActIsSigned(a)
}

// actIsExplained holds for an act with an author and a reason, which can be shown.
func actIsExplained(a Act) Rule {
	return allOf("actIsExplained",
		actIsSigned(a),
		refuseIf("actIsExplained", strings.TrimSpace(a.Reason) == "", registry.Error{
			Code: registry.ParameterMissing, Field: "reason", Reason: "this is not done without a reason; say why",
		}),
	)
}

// actIsSigned holds for an act with an author, and a reason, if there is one, which can be shown.
func actIsSigned(a Act) Rule {
	unprintable := func(text string) bool {
		return utf8.RuneCountInString(text) > maxReason || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	}
	return allOf("actIsSigned",
		refuseIf("actIsSigned", !strings.ContainsFunc(a.Author, unicode.IsLetter), registry.Error{
			Code: registry.ParameterMissing, Field: "author", Reason: "there is no author; name who decided it",
		}),
		refuseIf("actIsSigned", unprintable(a.Author), registry.Error{
			Code: registry.ParameterSyntax, Field: "author",
			Reason: fmt.Sprintf("an author has at most %d characters that can be printed; shorten the name", maxReason),
		}),
		refuseIf("actIsSigned", unprintable(a.Reason), registry.Error{
			Code: registry.ParameterSyntax, Field: "reason",
			Reason: fmt.Sprintf("a reason has at most %d characters that can be printed; shorten it", maxReason),
		}),
	)
}

// RegistrarSuspend keeps a registrar from logging in and ends what its sessions may do, or lets it in again.
// It is the operator's.
type RegistrarSuspend struct {
	Act
	Resume bool
}

// Subject is registrar:suspend or registrar:resume.
func (cmd RegistrarSuspend) Subject() Subject {
	s := Subject{Command: "suspend", Object: "registrar", ID: string(cmd.Registrar)}
	if cmd.Resume {
		s.Command = "resume"
	}
	return s
}

// Run suspends the registrar or lets it in again.
func (cmd RegistrarSuspend) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.actIsOperators(),
		actIsExplained(cmd.Act),
		suspensionChanges(r, cmd.Resume),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Suspended, r.Suspension = !cmd.Resume, registry.Measure{}
	if r.Suspended {
		r.Suspension = cmd.measure(c.realNow())
	}

	// Return.
	return cmd.put(c, r)
}

// suspensionChanges holds for a registrar to suspend that is not suspended, and for one to resume that is.
func suspensionChanges(r registry.Registrar, resume bool) Rule {
	return allOf("suspensionChanges",
		refuseIf("suspensionChanges", r.Suspended && !resume, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(r.ID),
			Reason: "the registrar is suspended already; dorado registrar resume lets it in again",
		}),
		refuseIf("suspensionChanges", !r.Suspended && resume, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(r.ID),
			Reason: "the registrar is not suspended; dorado registrar show tells its state",
		}),
	)
}
