package flow

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/registry"
)

// An Act is what an operator does to a registrar's account: whose it is, who does it, and why.
type Act struct {
	Registrar registry.RegistrarID
	Author    string // the operator
	Reason    string // registrars are not told; some acts need none
}

// put writes a registrar, and who changed it. Instants are real time, as those of a Measure.
func (a Act) put(c *Call, r registry.Registrar) (Reply, registry.Changes, error) {
	r.Version++
	r.Changed = a.measure(c.realNow())
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

func (a Act) measure(now time.Time) registry.Measure {
	return registry.Measure{Since: now, Author: a.Author, Reason: a.Reason}
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

// RegistrarPassword puts another password in the place of one that was lost. It is the operator's.
type RegistrarPassword struct {
	Act
	To string // its hash
}

// Subject is registrar:replace-password.
func (cmd RegistrarPassword) Subject() Subject {
	return Subject{Command: "replace-password", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run replaces the password. Sessions that are open go on.
func (cmd RegistrarPassword) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	if err := c.check(registrarExists(cmd.Registrar, found), actIsExplained(cmd.Act)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Password, r.PasswordChanged = cmd.To, c.Now

	// Return.
	return cmd.put(c, r)
}

// RegistrarNetwork puts a network on the list of those that a registrar may connect from, or takes it off.
// It is the operator's. Decisions 4.1.
type RegistrarNetwork struct {
	Act
	Network netip.Prefix // without bits beyond its length
	Remove  bool
}

// Subject is registrar:add-network or registrar:remove-network.
func (cmd RegistrarNetwork) Subject() Subject {
	s := Subject{Command: "add-network", Object: "registrar", ID: string(cmd.Registrar)}
	if cmd.Remove {
		s.Command = "remove-network"
	}
	return s
}

// mostNetworks is how many networks one registrar has: they are all looked at, at each login.
const mostNetworks = 100

// Run changes the list. Sessions that are open go on.
func (cmd RegistrarNetwork) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	at := slices.Index(r.Networks, cmd.Network)

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		actIsExplained(cmd.Act),
		networkListChanges(cmd, at >= 0),
		networksAreFew(cmd, len(r.Networks)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Networks = slices.Clone(r.Networks)
	if cmd.Remove {
		r.Networks = slices.Delete(r.Networks, at, at+1)
	} else {
		r.Networks = append(r.Networks, cmd.Network)
	}

	// Return.
	return cmd.put(c, r)
}

// networkListChanges holds for a network to add that is not listed, and for one to remove that is.
func networkListChanges(cmd RegistrarNetwork, listed bool) Rule {
	return allOf("networkListChanges",
		refuseIf("networkListChanges", listed && !cmd.Remove, registry.Error{
			Code: registry.ObjectExists, Field: "network", Value: cmd.Network.String(),
			Reason: "the registrar has this network already; dorado registrar network list shows all",
		}),
		refuseIf("networkListChanges", !listed && cmd.Remove, registry.Error{
			Code: registry.ObjectMissing, Field: "network", Value: cmd.Network.String(),
			Reason: "the registrar has no such network; dorado registrar network list shows those that it has",
		}),
	)
}

// networksAreFew holds for a registrar with fewer networks than it may have, or one of which it loses one.
func networksAreFew(cmd RegistrarNetwork, n int) Rule {
	return refuseIf("networksAreFew", !cmd.Remove && n >= mostNetworks, registry.Error{
		Code: registry.ParameterPolicy, Field: "network", Value: cmd.Network.String(),
		Reason: "a registrar has at most " + strconv.Itoa(mostNetworks) + " networks; remove one, or join some",
	})
}
