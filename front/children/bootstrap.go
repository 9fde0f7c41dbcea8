package children

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// bootstrap judges what a child asks for that has no DS. The zone has to be whole under the DS that it asks for, and who
// runs its name servers has to say the same in signed zones of theirs; or, where the profile has it so, it has to have
// asked for the same long enough. RFC 9615 section 4, RFC 8078 section 3.3.
func (l *look) bootstrap(ctx context.Context, seen []sighting, asked wish) verdict {
	var signed time.Time
	for _, s := range seen {
		if err := goesOn(s, asked, l.child.Name, l.began); err != nil {
			return l.refuses(s, err)
		}
		made, err := signedSets(s, s.dnskey.keys(), l.child.Name, l.began)
		if err != nil {
			return l.refuses(s, err)
		}
		if signed.IsZero() || made.Before(signed) {
			signed = made
		}
	}
	if signed.Before(l.child.Signed) {
		return refused(fmt.Errorf("its records were signed on %s, before those that were taken last", signed.UTC().Format(time.RFC3339)))
	}
	v := verdict{result: registry.ChildChanged, ds: asked.ds, basis: flow.BySignal, signed: signed, why: "it asked for its first DS: " + dsText(asked.ds)}
	err := l.vouched(ctx, seen[0])
	if err == nil {
		return v
	}
	l.note("signal", "%s", err)
	if errors.Is(err, errDenied) {
		return refused(err)
	}
	return l.patient(v, err)
}

// patient judges what nobody vouches for: it waits, if it has not waited long enough, or is refused.
func (l *look) patient(v verdict, why error) verdict {
	wait := l.child.Automation.AcceptAfter.Duration()
	if wait == 0 {
		return verdict{result: registry.ChildRefused, why: "nobody vouches for its first DS: " + why.Error(), ds: v.ds}
	}
	since := l.began
	if sameDS(l.child.Asked, v.ds) && !l.child.AskedSince.IsZero() {
		since = l.child.AskedSince
	}
	v.basis, v.waits = flow.ByDelay, true
	if until := since.Add(wait); l.began.Before(until) {
		v.result, v.basis = registry.ChildWaits, ""
		v.why = fmt.Sprintf("nobody vouches for its first DS (%s); they are taken if it still asks for them on %s", why, until.UTC().Format(time.RFC3339))
	}
	return v
}

// errDenied is a name server's operator who says something else than the child.
var errDenied = errors.New("its name servers' operators say something else")

// vouched holds where each name server outside the child has, in a signed zone, the CDS and CDNSKEY records that the child
// has, under _dsboot.CHILD._signal.SERVER. One of them has to be outside. RFC 9615 sections 4.1 and 4.2.
func (l *look) vouched(ctx context.Context, s sighting) error {
	outside := 0
	for _, ns := range l.child.Servers {
		if isIn(ns.Name, l.child.Name) {
			continue
		}
		outside++
		signal := "_dsboot." + l.child.Name.String() + "._signal." + ns.Name.String()
		if len(signal) > longestName {
			return fmt.Errorf("the name for the signal of %s is too long", ns.Name)
		}
		for _, set := range s.wishes() {
			if err := l.signals(ctx, signal, set.kind, set.rrset); err != nil {
				return fmt.Errorf("%s of %s: %w", mdns.TypeToString[set.kind], signal, err)
			}
		}
		l.note("signal", "%s vouches for it", ns.Name)
	}
	if outside == 0 {
		return errors.New("all its name servers are in the zone itself, so nobody else can vouch for it (RFC 9615 section 4.2)")
	}
	return nil
}

// longestName is what 255 octets on the wire are as text without a final dot. RFC 1035 section 2.3.4.
const longestName = 253

// signals holds where the validated records of a signaling name are those of the child.
func (l *look) signals(ctx context.Context, signal string, kind uint16, want rrset) error {
	got, err := l.scanner.resolver.validated(ctx, absolute(signal), kind)
	switch {
	case err != nil:
		return err
	case slices.Equal(got.texts(), want.texts()):
		return nil
	case len(got.records) == 0:
		return errors.New("there are none")
	}
	return fmt.Errorf("%w: the records differ", errDenied)
}

// isIn reports whether a name server is at or below a name.
func isIn(host, name names.Name) bool {
	return host == name || strings.HasSuffix(host.String(), "."+name.String())
}
