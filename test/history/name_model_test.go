package history_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A registration is all that a name's info shows of it, and what decides how it can go on, at one
// instant. The zero registration is a free name.
type registration struct {
	there    bool
	roid     registry.ROID // empty while nobody has seen it, since its create was not answered
	version  int64
	sponsor  registry.RegistrarID
	expires  time.Time
	authInfo string // one of passwords
	hosts    string // in order
	locked   bool   // clientDeleteProhibited
	updater  registry.RegistrarID

	young    bool         // in its add grace
	credit   ledger.Money // what a delete credits
	reverted time.Time    // the expiry that a delete brings back
	deleted  bool         // waits for its purge
}

// A nameDeed is one command or query on one name.
type nameDeed struct {
	what     string
	who      registry.RegistrarID
	years    int       // create, renew
	expires  time.Time // renew: the expiry that the registrar believes in
	authInfo string    // create, update: the new one; info: the one to verify, or none
	host     string    // add, remove
	node     int
}

// A nameAnswer is how a nameDeed ended.
type nameAnswer struct {
	unknown  bool
	code     registry.Code
	roid     registry.ROID
	expires  time.Time
	credited ledger.Money
	seen     registration
	free     bool
}

func (a nameAnswer) isUnknown() bool { return a.unknown }

// names is the model of one name. Its clock stands still.
type nameModel struct {
	now   time.Time
	terms *policy.Terms
	first registration
}

func (m nameModel) porcupine() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return m.first },
		Step: func(state, input, output any) (bool, any) {
			return m.step(state.(registration), input.(nameDeed), output.(nameAnswer))
		},
		DescribeOperation: func(input, output any) string {
			return describeDeed(input.(nameDeed)) + " → " + describeAnswer(output.(nameAnswer))
		},
		DescribeState: func(state any) string { return describe(state.(registration)) },
	}
}

// step says whether a state explains an answer, and what the state is then.
func (m nameModel) step(before registration, do nameDeed, got nameAnswer) (bool, registration) {
	want, after := m.rules(before, do)
	switch {
	case got.unknown:
		return true, after
	case do.what == "create" && want.code == registry.Completed:
		after.roid, want.roid = got.roid, got.roid // nobody can foretell it
	case do.what == "info" && want.code == registry.Completed && before.roid == "":
		after.roid, want.seen.roid = got.seen.roid, got.seen.roid
	}
	return want == got, after
}

// rules says how a deed ends in a state. The order of the rules is that of the flows.
func (m nameModel) rules(s registration, do nameDeed) (nameAnswer, registration) {
	switch do.what {
	case "check":
		return nameAnswer{code: registry.Completed, free: !s.there}, s
	case "create":
		return m.create(s, do)
	case "info":
		return m.info(s, do), s
	}
	if refused := mayChange(s, do); refused != "" {
		return nameAnswer{code: refused}, s
	}
	after := s
	after.version++
	after.updater = do.who
	switch do.what {
	case "delete":
		return m.delete(s, after)
	case "renew":
		return m.renew(s, after, do)
	case "authInfo":
		after.authInfo = do.authInfo
	case "lock":
		after.locked = true
	case "unlock":
		after.locked = false
	case "add":
		after.hosts = list(append(strings.Fields(s.hosts), do.host)...)
	case "remove":
		after.hosts = list(slices.DeleteFunc(strings.Fields(s.hosts), func(h string) bool { return h == do.host })...)
	}
	return changed(s, after, do)
}

func (m nameModel) create(s registration, do nameDeed) (nameAnswer, registration) {
	if s.there {
		return nameAnswer{code: registry.ObjectExists}, s
	}
	expires := lifecycle.FirstExpiry(m.now, do.years)
	return nameAnswer{code: registry.Completed, expires: expires}, registration{
		there: true, version: 1, sponsor: do.who, expires: expires, authInfo: do.authInfo, hosts: do.host,
		young: true, credit: m.terms.Quote(policy.OpCreate, do.years, registry.NamePrice{}).Total(),
		reverted: lifecycle.FirstExpiry(m.now, 0),
	}
}

func (m nameModel) info(s registration, do nameDeed) nameAnswer {
	switch {
	case !s.there:
		return nameAnswer{code: registry.ObjectMissing}
	case do.authInfo != "" && do.authInfo != s.authInfo:
		return nameAnswer{code: registry.InvalidAuthInfo}
	}
	return nameAnswer{code: registry.Completed, seen: s}
}

// mayChange returns why nobody, or not this registrar, may change the name.
func mayChange(s registration, do nameDeed) registry.Code {
	switch {
	case !s.there:
		return registry.ObjectMissing
	case s.sponsor != do.who:
		return registry.Authorization
	case s.deleted, do.what == "delete" && s.locked:
		return registry.StatusProhibits
	}
	return ""
}

func (m nameModel) delete(s, after registration) (nameAnswer, registration) {
	answer := nameAnswer{code: registry.CompletedPending, credited: s.credit}
	if s.young {
		return answer, registration{}
	}
	after.deleted, after.credit, after.expires = true, 0, s.reverted
	return answer, after
}

func (m nameModel) renew(s, after registration, do nameDeed) (nameAnswer, registration) {
	after.expires = lifecycle.AddYears(s.expires, do.years)
	after.credit += m.terms.Quote(policy.OpRenew, do.years, registry.NamePrice{}).Total()
	switch {
	case !do.expires.Equal(s.expires):
		return nameAnswer{code: registry.ParameterRange}, s
	case !lifecycle.WithinHorizon(after.expires, m.now, m.terms.MaxYears):
		return nameAnswer{code: registry.NotRenewable}, s
	}
	return nameAnswer{code: registry.Completed, expires: after.expires}, after
}

// changed is the answer to an update, which has to be exact. Decisions 2.9.
func changed(s, after registration, do nameDeed) (nameAnswer, registration) {
	has := slices.Contains(strings.Fields(s.hosts), do.host)
	switch {
	case do.what == "add" && has, do.what == "remove" && !has, do.what == "lock" && s.locked, do.what == "unlock" && !s.locked:
		return nameAnswer{code: registry.ParameterPolicy}, s
	}
	return nameAnswer{code: registry.Completed}, after
}

func describeDeed(d nameDeed) string {
	words := []string{fmt.Sprintf("%s at %d: %s", d.who, d.node, d.what)}
	if d.years > 0 {
		words = append(words, fmt.Sprintf("%d years", d.years))
	}
	if !d.expires.IsZero() {
		words = append(words, "from "+d.expires.Format(time.DateOnly))
	}
	return strings.Join(append(words, d.authInfo, d.host), " ")
}

func describeAnswer(a nameAnswer) string {
	if a.unknown {
		return "unknown"
	}
	words := []string{string(a.code), string(a.roid)}
	if !a.expires.IsZero() {
		words = append(words, "until "+a.expires.Format(time.DateOnly))
	}
	if a.credited > 0 {
		words = append(words, "credits "+a.credited.String())
	}
	if a.seen.there {
		words = append(words, describe(a.seen))
	}
	if a.free {
		words = append(words, "free")
	}
	return strings.Join(words, " ")
}

func describe(s registration) string {
	if !s.there {
		return "free"
	}
	return fmt.Sprintf("{%s v%d %s until %s %s hosts[%s] locked %t by %q, young %t credit %s deleted %t}", s.roid, s.version,
		s.sponsor, s.expires.Format(time.DateOnly), s.authInfo, s.hosts, s.locked, s.updater, s.young, s.credit, s.deleted)
}
